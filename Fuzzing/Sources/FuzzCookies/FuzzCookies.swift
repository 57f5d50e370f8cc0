import BodyDecoding
import FuzzDriver
import Glibc

@main
struct FuzzCookies {
  static func main() {
    exit(runFuzzer { fuzzCookies($0, $1) })
  }
}

/// A cookie has a name, and no part of it goes over a `;`.
private func fuzzCookies(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var cookies: [NamedValue] = []
  CookieDecoder.decode(Array(UnsafeBufferPointer(start: start, count: count)), into: &cookies)
  precondition(cookies.allSatisfy { !$0.name.isEmpty && !$0.name.contains(UInt8(ascii: "=")) })
  precondition(cookies.allSatisfy { !$0.name.contains(UInt8(ascii: ";")) && !$0.value.contains(UInt8(ascii: ";")) })
  precondition(cookies.count <= (count + 1) / 2)
  return 0
}

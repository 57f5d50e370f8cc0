import FuzzDriver
import Glibc
import PatternScan

@main
struct FuzzPrefilter {
  static func main() {
    exit(runFuzzer { fuzzPrefilter($0, $1) })
  }
}

/// A pattern, a NUL, a text. If PCRE2 finds a match, the prefilter lets the text pass; the vector scan and the plain one agree.
private func fuzzPrefilter(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = UnsafeBufferPointer(start: start, count: count)
  guard let end = input.firstIndex(of: 0), end < 200 else { return 0 }
  let pattern = Array(input[..<end])
  let text = Array(input[(end + 1)...])
  let requirement = RequiredTexts(pattern: pattern)
  guard GramFilter.filters(requirement), let compiled = try? RegexPattern(pattern, options: [.dotAll, .dollarEndOnly]) else { return 0 }
  let filter = GramFilter([requirement])
  var answer = [UInt64](repeating: 0, count: filter.wordCount)
  var plain = answer
  text.withUnsafeBufferPointer { text in
    filter.scan(text, into: &answer)
    filter.scan(text, into: &plain, plainly: true)
    precondition(answer == plain)
    let scratch = RegexScratch(matchLimit: 10_000)
    if scratch.firstMatch(compiled, in: text) == .match {
      precondition(answer[0] & 1 == 1, "a match was filtered out")
      if let phrases = RequiredTexts.phrases(ofAny: RequiredTexts.alternatives(pattern: pattern)) {
        precondition(PhraseSet(phrases).firstMatch(in: text) != nil, "a match holds none of the phrases")
      }
    }
  }
  return 0
}

import Glibc

/// The two questions by which a crawler's address is checked against the DNS. They block: ask them where nobody waits.
public enum NameLookup {
  /// Whether the address's name lies in one of the domains and leads back to the address (as the operators of crawlers advise).
  ///
  /// - Returns: nil if the DNS did not answer, so that asking later can help.
  public static func isConfirmed(_ address: String, in domains: [String]) -> Bool? {
    guard let storage = resolve(address, flags: AI_NUMERICHOST)?.first else { return false }
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let status = withUnsafeBytes(of: storage.bytes) { bytes -> Int32 in
      guard let start = bytes.baseAddress else { return EAI_FAIL }
      return getnameinfo(
        start.assumingMemoryBound(to: sockaddr.self), storage.length, &host, socklen_t(host.count), nil, 0, NI_NAMEREQD)
    }
    if status == EAI_AGAIN { return nil }
    guard status == 0 else { return false }
    let name = String(decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard CrawlerNames.isName(name, in: domains) else { return false }
    guard let back = resolve(name, flags: 0) else { return nil }
    let own = IPAddress(address)
    return back.contains { $0.address == own }
  }

  private struct Resolved {
    var bytes: sockaddr_storage
    var length: socklen_t
    var address: IPAddress?
  }

  private static func resolve(_ name: String, flags: Int32) -> [Resolved]? {
    var hints = addrinfo()
    hints.ai_flags = flags
    hints.ai_family = AF_UNSPEC
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(name, nil, &hints, &list) == 0 else { return nil }
    defer { freeaddrinfo(list) }
    var result: [Resolved] = []
    var next = list
    while let entry = next, result.count < 64 {
      next = entry.pointee.ai_next
      guard let address = entry.pointee.ai_addr else { continue }
      var storage = sockaddr_storage()
      let length = min(Int(entry.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
      withUnsafeMutableBytes(of: &storage) { $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: length)) }
      var text = [CChar](repeating: 0, count: 64)
      var number: IPAddress?
      if getnameinfo(address, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 {
        number = IPAddress(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
      }
      result.append(Resolved(bytes: storage, length: socklen_t(length), address: number))
    }
    return result
  }
}

import BodyDecoding
import Testing

@Suite("Content codings")
struct ContentDecoderTests {
  /// `fan fan fan fan!` in each coding, made by the reference tools.
  private static let text = Array("fan fan fan fan!".utf8)
  private static let samples: [(ContentCoding, [UInt8])] = [
    (.gzip, [31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 75, 75, 204, 83, 72, 67, 96, 69, 0, 237, 102, 73, 186, 16, 0, 0, 0]),
    (.deflate, [120, 156, 75, 75, 204, 83, 72, 67, 96, 69, 0, 46, 229, 5, 86]),
    (.deflate, [75, 75, 204, 83, 72, 67, 96, 69, 0]),
    (.brotli, [31, 15, 0, 248, 141, 84, 181, 191, 12, 51, 115, 43, 144, 144, 2, 67, 145, 0, 192, 108]),
    (.zstd, [40, 181, 47, 253, 4, 104, 93, 0, 0, 40, 102, 97, 110, 32, 33, 1, 0, 140, 75, 4, 130, 186, 160, 249]),
  ]

  @Test func eachCodingIsUndone() {
    for (coding, body) in Self.samples {
      #expect(ContentDecoder.decode(body, codings: [coding]) == .complete(Self.text), "\(coding)")
    }
    #expect(Set(Self.samples.map(\.0)).count == ContentCoding.allCases.count && Self.samples.count == 5)
  }

  @Test func everyPrefixIsDamaged() {
    for (coding, body) in Self.samples {
      for count in 0..<body.count {
        guard case .damaged = ContentDecoder.decode(Array(body[..<count]), codings: [coding]) else {
          Issue.record("\(coding) cut after \(count) of \(body.count) bytes")
          continue
        }
      }
    }
  }

  @Test func otherBytesAreDamaged() {
    for coding in ContentCoding.allCases {
      guard case .damaged = ContentDecoder.decode(Array("\u{7}no such thing, surely not".utf8), codings: [coding]) else {
        Issue.record("\(coding)")
        continue
      }
    }
  }

  @Test func codingsAreUndoneInReverse() {
    #expect(
      ContentDecoder.decode(
        [
          120, 156, 147, 239, 230, 96, 0, 1, 38, 102, 111, 239, 51, 193, 30, 206, 9, 174, 12, 111, 211, 60, 119, 9, 0, 133, 0, 74, 51, 6, 3,
        ], codings: [.gzip, .deflate]) == .complete(Self.text))
    guard case .cut = ContentDecoder.decode(Self.samples[0].1, codings: [.gzip, .gzip, .gzip]) else {
      Issue.record("three codings")
      return
    }
  }

  @Test func bombsAreCut() {
    // 1 MiB of zeros in each coding.
    let bombs: [(ContentCoding, [UInt8])] = [
      (.brotli, [95, 255, 255, 143, 127, 2, 32, 30, 11, 4, 114, 239, 31, 0]),
      (
        .zstd,
        [
          40, 181, 47, 253, 4, 104, 76, 0, 0, 8, 0, 1, 0, 252, 255, 57, 16, 2, 2, 0, 16, 0, 2, 0, 16, 0, 2, 0, 16, 0, 2, 0, 16, 0, 2, 0, 16,
          0, 2, 0, 16, 0, 3, 0, 16, 0, 241, 62, 22, 225,
        ]
      ),
      (
        .gzip,
        [31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 237, 193, 49, 1, 0, 0, 0, 194, 160, 245, 79, 109, 8, 95, 160] + [UInt8](repeating: 0, count: 1016)
          + [62, 3, 28, 234, 56, 167, 0, 0, 16, 0]
      ),
      (
        .deflate,
        [120, 218, 237, 193, 49, 1, 0, 0, 0, 194, 160, 245, 79, 109, 8, 95, 160] + [UInt8](repeating: 0, count: 1016) + [
          62, 3, 0, 240, 0, 1,
        ]
      ),
    ]
    var limits = InflationLimits()
    limits.maximumBytes = 100_000
    limits.maximumRatio = 1_000_000
    for (coding, body) in bombs {
      guard case .cut(let bytes, _) = ContentDecoder.decode(body, codings: [coding], limits: limits) else {
        Issue.record("\(coding) by size")
        continue
      }
      #expect(bytes.count == 100_000)
      limits.maximumBytes = 10_000_000
      limits.maximumRatio = 10
      if case .cut = ContentDecoder.decode(body, codings: [coding], limits: limits) {} else { Issue.record("\(coding) by ratio") }
      limits.maximumBytes = 100_000
      limits.maximumRatio = 1_000_000
    }
    #expect(bombs.count == 4)
  }

  @Test(
    "The field names codings",
    arguments: [
      ("gzip", [ContentCoding.gzip]), ("GZIP , br", [.gzip, .brotli]), ("identity", []), ("x-gzip,zstd", [.gzip, .zstd]),
      ("deflate", [.deflate]),
      ("lzma", nil), ("gzip, compress", nil), ("", []),
    ])
  func field(_ text: String, _ expected: [ContentCoding]?) {
    #expect(ContentCoding.list(of: Array(text.utf8)) == expected)
  }
}

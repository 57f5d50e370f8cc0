/// Writes a small file in MaxMind's DB format (version 2.0, 24-bit records, IPv4), for tests.
package struct DatabaseFile {
  package indirect enum Value {
    case text(String)
    case double(Double)
    case number(UInt32)
    case short(UInt16)
    case long(UInt64)
    case list([Value])
    case map([(String, Value)])
  }

  /// - Parameter entries: a network of the first `prefix` bits of `address`, and what is known of it.
  package static func bytes(_ entries: [(address: [UInt8], prefix: Int, value: Value)], type: String = "Test-City") -> [UInt8] {
    // A record: a node's number, or an entry's, or nothing.
    enum Record {
      case nothing
      case node(Int)
      case entry(Int)
    }
    var nodes: [[Record]] = [[.nothing, .nothing]]
    for (number, entry) in entries.enumerated() {
      var node = 0
      for bit in 0..<entry.prefix {
        let side = Int(entry.address[bit / 8] >> UInt8(7 - bit % 8)) & 1
        if bit == entry.prefix - 1 {
          nodes[node][side] = .entry(number)
        } else if case .node(let next) = nodes[node][side] {
          node = next
        } else {
          nodes.append([.nothing, .nothing])
          nodes[node][side] = .node(nodes.count - 1)
          node = nodes.count - 1
        }
      }
    }
    var data: [UInt8] = []
    let offsets = entries.map { entry in
      defer { data += encode(entry.value) }
      return data.count
    }
    var file: [UInt8] = []
    for node in nodes {
      for record in node {
        let value =
          switch record {
          case .nothing: nodes.count
          case .node(let number): number
          case .entry(let number): nodes.count + 16 + offsets[number]
          }
        file += [UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
      }
    }
    file += [UInt8](repeating: 0, count: 16) + data + [0xAB, 0xCD, 0xEF] + Array("MaxMind.com".utf8)
    return file
      + encode(
        .map([
          ("node_count", .number(UInt32(nodes.count))), ("record_size", .short(24)), ("ip_version", .short(4)),
          ("database_type", .text(type)), ("languages", .list([.text("en")])), ("binary_format_major_version", .short(2)),
          ("binary_format_minor_version", .short(0)), ("build_epoch", .long(1_700_000_000)),
          ("description", .map([("en", .text("test"))])),
        ]))
  }

  private static func encode(_ value: Value) -> [UInt8] {
    switch value {
    case .text(let text): return head(2, text.utf8.count) + Array(text.utf8)
    case .double(let number): return head(3, 8) + bigEndian(number.bitPattern, 8)
    case .number(let number): return head(6, 4) + bigEndian(UInt64(number), 4)
    case .short(let number): return head(5, 2) + bigEndian(UInt64(number), 2)
    // Types from 8 on are extended: a head of type 0, then the type less 7.
    case .long(let number): return [8, 9 - 7] + bigEndian(number, 8)
    case .list(let values): return [UInt8(values.count), 11 - 7] + values.flatMap(encode)
    case .map(let members): return head(7, members.count) + members.flatMap { encode(.text($0.0)) + encode($0.1) }
    }
  }

  private static func head(_ type: UInt8, _ size: Int) -> [UInt8] {
    size < 29 ? [type << 5 | UInt8(size)] : [type << 5 | 29, UInt8(size - 29)]
  }

  private static func bigEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
  }
}

import Glibc

/// Has the kernel drop new handshakes at a listener, while those under way come to their end.
///
/// A listener that is closed resets the clients that stand in its queue, and there is no call that says "no more of them": so a
/// filter of four instructions stands before the socket, which drops segments with SYN and without ACK. A client whose SYN was
/// dropped sends it again after a second, and is refused then by whoever listens, or by nobody: it knows that it was not heard.
enum HandshakeFilter {
  private struct Instruction {
    var code: UInt16
    var ifTrue: UInt8 = 0
    var ifFalse: UInt8 = 0
    var operand: UInt32
  }

  /// Classic BPF; the packet begins with the TCP header, whose 14th byte holds the flags (RFC 9293 section 3.1).
  private static let program = [
    Instruction(code: 0x30, operand: 13),  // load that byte
    Instruction(code: 0x54, operand: 0x12),  // keep SYN and ACK
    Instruction(code: 0x15, ifFalse: 1, operand: 0x02),  // only SYN?
    Instruction(code: 0x06, operand: 0),  // drop
    Instruction(code: 0x06, operand: .max),  // take
  ]

  /// False if the kernel does not take it; then all is as it was.
  static func attach(to descriptor: Int32) -> Bool {
    program.withUnsafeBytes { instructions in
      // struct sock_fprog: a count, and behind its padding the address.
      withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { fprog in
        fprog.initializeMemory(as: UInt8.self, repeating: 0)
        fprog.storeBytes(of: UInt16(program.count), as: UInt16.self)
        fprog.storeBytes(of: instructions.baseAddress, toByteOffset: 8, as: UnsafeRawPointer?.self)
        return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, fprog.baseAddress, 16) == 0
      }
    }
  }
}

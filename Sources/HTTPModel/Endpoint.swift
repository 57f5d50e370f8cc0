/// One end of a connection as the rules see it: the address as text (no brackets around IPv6) and the port (0 if unknown).
public struct Endpoint: Sendable, Hashable {
  public var address: String
  public var port: Int

  public init(address: String, port: Int = 0) {
    self.address = address
    self.port = port
  }
}

// swift-tools-version: 6.1
import PackageDescription

/// Encodes the messages that GRPCInspectionTests reads, with swift-protobuf: an implementation other than the one under test. A package of
/// its own, since its build would cost every user of the main one minutes.
let package = Package(
  name: "grpc-messages",
  dependencies: [.package(url: "https://github.com/apple/swift-protobuf", from: "1.28.0")],
  targets: [
    .executableTarget(
      name: "grpc-messages", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      swiftSettings: [.swiftLanguageMode(.v6)])
  ]
)

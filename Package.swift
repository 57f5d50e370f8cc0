// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .unsafeFlags(["-warnings-as-errors"]),
]

let package = Package(
  name: "ropeline",
  products: [
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // System libraries
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // The pure core
    .target(name: "HTTPModel", swiftSettings: strict),
    .target(name: "EvidenceModel", dependencies: ["HTTPModel"], swiftSettings: strict),
    .target(name: "SecLang", swiftSettings: strict),
    .target(name: "PatternScan", dependencies: ["CPCRE2"], swiftSettings: strict),
    .target(name: "BodyDecoding", dependencies: ["HTTPModel"], swiftSettings: strict),
    .target(
      name: "RuleEngine",
      dependencies: ["HTTPModel", "EvidenceModel", "SecLang", "PatternScan", "BodyDecoding", "CCrypto"],
      swiftSettings: strict),
  ]
)

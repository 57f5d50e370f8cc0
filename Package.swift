// swift-tools-version: 6.1
import PackageDescription

/// Our own targets: Swift 6 language mode, and no warning is left standing.
///
/// Debug builds, and so the tests, check exclusive access at run time; in a release build these checks were a third of what
/// inspecting a request costs.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .unsafeFlags(["-warnings-as-errors"]),
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
  name: "ropeline",
  products: [
    .executable(name: "ropeline", targets: ["ropeline"])
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
    .systemLibrary(name: "CMaxMindDB", pkgConfig: "libmaxminddb", providers: [.apt(["libmaxminddb-dev"])]),
    .systemLibrary(name: "CXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(name: "CBrotli", pkgConfig: "libbrotlidec", providers: [.apt(["libbrotli-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // The pure core: no socket, no clock, no file
    .target(name: "HTTPModel", swiftSettings: strict),
    .target(name: "EvidenceModel", dependencies: ["HTTPModel"], swiftSettings: strict),
    .target(name: "SecLang", swiftSettings: strict),
    .target(name: "CGramScan", cSettings: [.unsafeFlags(["-O3"])]),
    .target(name: "PatternScan", dependencies: ["CPCRE2", "CGramScan"], swiftSettings: strict),
    .target(name: "AddressFacts", dependencies: ["CMaxMindDB"], swiftSettings: strict),
    .target(name: "BodyDecoding", dependencies: ["HTTPModel", "CXML2", "CZlib", "CBrotli", "CZstd"], swiftSettings: strict),
    .target(name: "SchemaValidation", dependencies: ["BodyDecoding", "PatternScan"], swiftSettings: strict),
    .target(name: "OpenAPIValidation", dependencies: ["HTTPModel", "BodyDecoding", "SchemaValidation"], swiftSettings: strict),
    .target(
      name: "SchemaFiles", dependencies: ["BodyDecoding", "SchemaValidation", "OpenAPIValidation", yams], swiftSettings: strict),
    .target(name: "SchemaLearning", dependencies: ["HTTPModel", "OpenAPIValidation"], swiftSettings: strict),
    .target(name: "GraphQLInspection", dependencies: ["BodyDecoding"], swiftSettings: strict),
    .target(name: "GRPCInspection", dependencies: ["BodyDecoding"], swiftSettings: strict),
    .target(
      name: "InputValidation",
      dependencies: [
        "HTTPModel", "EvidenceModel", "BodyDecoding", "SchemaValidation", "OpenAPIValidation", "GraphQLInspection", "GRPCInspection",
      ], swiftSettings: strict),
    .target(
      name: "RuleEngine",
      dependencies: ["HTTPModel", "EvidenceModel", "SecLang", "PatternScan", "CGramScan", "BodyDecoding", "AddressFacts", "CCrypto"],
      swiftSettings: strict),
    .target(name: "Behavior", dependencies: ["HTTPModel", "EvidenceModel"], swiftSettings: strict),
    .target(name: "ClientSources", dependencies: ["AddressFacts", "Behavior", "BodyDecoding"], swiftSettings: strict),
    .target(
      name: "Detection",
      dependencies: ["HTTPModel", "EvidenceModel", "SecLang", "RuleEngine", "AddressFacts", "BodyDecoding", "InputValidation"],
      swiftSettings: strict),
    .target(name: "HTTPWire", dependencies: ["HTTPModel", "EvidenceModel", nioCore], swiftSettings: strict),

    // The shells
    .target(name: "Reporting", dependencies: ["EvidenceModel"], swiftSettings: strict),
    .target(
      name: "Telemetry", dependencies: ["HTTPModel", "EvidenceModel", "SecLang", "RuleEngine", "Behavior", "Detection", "Reporting"],
      swiftSettings: strict),
    .target(
      name: "LogAnalysis",
      dependencies: ["HTTPModel", "EvidenceModel", "BodyDecoding", "Behavior", "ClientSources", "Detection", "Reporting", "CZlib"],
      swiftSettings: strict),
    .target(name: "RulesetLint", dependencies: ["SecLang", "PatternScan", "Reporting"], swiftSettings: strict),
    .target(
      name: "ReverseProxy",
      dependencies: [
        "HTTPModel", "EvidenceModel", "Behavior", "ClientSources", "Detection", "RuleEngine", "HTTPWire", "Telemetry", nioCore, nioPosix,
      ],
      swiftSettings: strict),
    .target(
      name: "Rehearsal",
      dependencies: ["HTTPModel", "EvidenceModel", "BodyDecoding", "LogAnalysis", "Reporting", "Telemetry"], swiftSettings: strict),
    .target(name: "Settings", dependencies: ["SecLang", yams], swiftSettings: strict),
    .target(name: "CAllocationCount"),
    .executableTarget(
      name: "ropeline",
      dependencies: [
        "CAllocationCount",
        "Settings", "SchemaFiles", "SchemaLearning", "SchemaValidation", "OpenAPIValidation", "InputValidation", "BodyDecoding",
        "GraphQLInspection", "GRPCInspection",
        "Detection", "HTTPWire", "LogAnalysis", "Reporting", "ReverseProxy", "RulesetLint", "Rehearsal", "RuleEngine", "SecLang",
        "Telemetry",
        "EvidenceModel", "HTTPModel", "Behavior", "ClientSources", "AddressFacts", nioCore, nioPosix, argumentParser,
      ],
      swiftSettings: strict),

    // For the people who work on this package: derives the table of SQL fingerprints
    .executableTarget(name: "fingerprints", dependencies: ["RuleEngine"], swiftSettings: strict),

    // Lets a parser read a text of some size; its instructions are counted by GrowthTests
    .executableTarget(
      name: "growth", dependencies: ["BodyDecoding", "HTTPWire", "LogAnalysis", "RuleEngine", "SecLang"], swiftSettings: strict),

    // Measures what an event of behavior costs
    .executableTarget(
      name: "behavior-bench", dependencies: ["Behavior", "HTTPModel", "CAllocationCount"], path: "Benchmarks/Behavior",
      swiftSettings: strict),

    // Measures what the stages of an inspection cost, each by itself
    .executableTarget(
      name: "stage-bench",
      dependencies: ["BodyDecoding", "Detection", "HTTPWire", "PatternScan", "RuleEngine", "SecLang", nioCore, nioEmbedded, nioHTTP1],
      path: "Benchmarks/Stages", swiftSettings: strict),

    // Tests
    .testTarget(name: "GrowthTests", dependencies: ["growth"], swiftSettings: strict),
    .testTarget(name: "BehaviorTests", dependencies: ["Behavior", "EvidenceModel", "HTTPModel"], swiftSettings: strict),
    .testTarget(
      name: "ClientSourcesTests",
      dependencies: [
        "DatabaseFixture", "ClientSources", "AddressFacts", "Behavior", "LogAnalysis", "Detection", "Reporting", "SecLang", "HTTPModel",
      ],
      swiftSettings: strict),
    // Shared by tests.
    .target(name: "DatabaseFixture", path: "Tests/DatabaseFixture", swiftSettings: strict),
    .testTarget(name: "SecLangTests", dependencies: ["SecLang"], swiftSettings: strict),
    .testTarget(name: "PatternScanTests", dependencies: ["PatternScan", "CGramScan"], swiftSettings: strict),
    .testTarget(name: "BodyDecodingTests", dependencies: ["BodyDecoding"], swiftSettings: strict),
    .testTarget(
      name: "OpenAPIValidationTests", dependencies: ["OpenAPIValidation", "SchemaValidation", "HTTPModel"], swiftSettings: strict),
    .testTarget(
      name: "GRPCInspectionTests", dependencies: ["GRPCInspection"], exclude: ["Protos"], swiftSettings: strict),
    .testTarget(
      name: "InputValidationTests", dependencies: ["InputValidation", "OpenAPIValidation", "EvidenceModel", "HTTPModel"],
      swiftSettings: strict),
    .testTarget(
      name: "SchemaLearningTests", dependencies: ["SchemaLearning", "SchemaFiles", "SchemaValidation", "OpenAPIValidation", "HTTPModel"],
      swiftSettings: strict),
    .testTarget(name: "GraphQLInspectionTests", dependencies: ["GraphQLInspection"], swiftSettings: strict),
    .testTarget(
      name: "SchemaFilesTests", dependencies: ["SchemaFiles", "OpenAPIValidation", "SchemaValidation", "HTTPModel"],
      exclude: ["Documents"], swiftSettings: strict),
    .testTarget(name: "SchemaValidationTests", dependencies: ["SchemaValidation", "BodyDecoding"], swiftSettings: strict),
    .testTarget(name: "RuleEngineTests", dependencies: ["RuleEngine", "SecLang", "HTTPModel"], swiftSettings: strict),
    .testTarget(name: "RulesetLintTests", dependencies: ["RulesetLint", "SecLang"], swiftSettings: strict),
    .testTarget(
      name: "LogAnalysisTests", dependencies: ["LogAnalysis", "Detection", "Reporting", "SecLang", "CZlib"], swiftSettings: strict),
    .testTarget(name: "SettingsTests", dependencies: ["Settings"], swiftSettings: strict),
    .testTarget(
      name: "AddressFactsTests", dependencies: ["DatabaseFixture", "AddressFacts", "Detection", "EvidenceModel", "HTTPModel", "SecLang"],
      swiftSettings: strict
    ),
    .testTarget(name: "DetectionTests", dependencies: ["Detection", "EvidenceModel", "HTTPModel", "SecLang"], swiftSettings: strict),
    .testTarget(
      name: "RehearsalTests",
      dependencies: ["Rehearsal", "LogAnalysis", "Detection", "Reporting", "SecLang", "EvidenceModel", "Telemetry"],
      swiftSettings: strict),
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    .testTarget(name: "HTTPWireTests", dependencies: ["HTTPWire", "HTTPModel", nioCore, nioHTTP1, nioEmbedded], swiftSettings: strict),
    .testTarget(name: "TelemetryTests", dependencies: ["Telemetry", "Detection", "SecLang"], swiftSettings: strict),
    .testTarget(
      name: "ReverseProxyTests",
      dependencies: [
        "ReverseProxy", "Behavior", "LogAnalysis", "Reporting", "Detection", "HTTPModel", "HTTPWire", "InputValidation", "RuleEngine",
        "SecLang", "Telemetry", nioCore, nioPosix, nioEmbedded,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ConformanceTests",
      dependencies: [
        "RuleEngine", "SecLang", "Detection", "ReverseProxy", "Telemetry", "SchemaValidation", "BodyDecoding", nioCore, nioPosix, yams,
      ],
      swiftSettings: strict),
  ]
)

// swift-tools-version: 6.1
import PackageDescription

/// The parsers are built here once more, with the sanitizers that the main package does without: their folders under `Sources`
/// are links to those of the main package.
let sanitized: [SwiftSetting] = [.swiftLanguageMode(.v6), .unsafeFlags(["-sanitize=fuzzer,address"])]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: sanitized)
}

func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies + ["FuzzDriver"],
    swiftSettings: sanitized + [.unsafeFlags(["-parse-as-library", "-warnings-as-errors"])],
    linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])])
}

let package = Package(
  name: "ropeline-fuzzing",
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"), .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CLibFuzzer"),
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8"),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto"),
    .systemLibrary(name: "CMaxMindDB", pkgConfig: "libmaxminddb"),
    .systemLibrary(name: "CXML2", pkgConfig: "libxml-2.0"),
    .systemLibrary(name: "CBrotli", pkgConfig: "libbrotlidec"),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
    .target(name: "FuzzDriver", dependencies: ["CLibFuzzer"], swiftSettings: sanitized),

    room("HTTPModel"),
    room("EvidenceModel", ["HTTPModel"]),
    room("SecLang"),
    .target(name: "CGramScan"),
    room("PatternScan", ["CPCRE2", "CGramScan"]),
    room("AddressFacts", ["CMaxMindDB"]),
    room("BodyDecoding", ["HTTPModel", "CXML2", "CZlib", "CBrotli", "CZstd"]),
    room("SchemaValidation", ["BodyDecoding", "PatternScan"]),
    room("OpenAPIValidation", ["HTTPModel", "BodyDecoding", "SchemaValidation"]),
    room(
      "SchemaFiles",
      ["BodyDecoding", "SchemaValidation", "OpenAPIValidation", .product(name: "Yams", package: "Yams")]),
    room("GraphQLInspection", ["BodyDecoding"]),
    room("GRPCInspection", ["BodyDecoding"]),
    room(
      "InputValidation",
      ["HTTPModel", "EvidenceModel", "BodyDecoding", "SchemaValidation", "OpenAPIValidation", "GraphQLInspection", "GRPCInspection"]),
    room("RuleEngine", ["HTTPModel", "EvidenceModel", "SecLang", "PatternScan", "BodyDecoding", "AddressFacts", "CCrypto"]),
    room("Behavior", ["HTTPModel", "EvidenceModel"]),
    room("Detection", ["HTTPModel", "EvidenceModel", "SecLang", "RuleEngine", "AddressFacts", "BodyDecoding", "InputValidation"]),
    room("HTTPWire", ["HTTPModel", "EvidenceModel", .product(name: "NIOCore", package: "swift-nio")]),
    room("Reporting", ["EvidenceModel"]),
    room("LogAnalysis", ["HTTPModel", "EvidenceModel", "BodyDecoding", "Behavior", "Detection", "Reporting", "CZlib"]),

    fuzzer("FuzzJSON", ["BodyDecoding"]),
    fuzzer("FuzzJSONTape", ["BodyDecoding"]),
    fuzzer("FuzzSchema", ["SchemaValidation"]),
    fuzzer("FuzzParameters", ["OpenAPIValidation", "HTTPModel"]),
    fuzzer("FuzzYAML", ["SchemaFiles", "OpenAPIValidation", "SchemaValidation", "HTTPModel"]),
    fuzzer("FuzzGraphQL", ["GraphQLInspection"]),
    fuzzer("FuzzProtobuf", ["GRPCInspection"]),
    fuzzer("FuzzMultipart", ["BodyDecoding"]),
    fuzzer("FuzzURLEncoded", ["BodyDecoding"]),
    fuzzer("FuzzCookies", ["BodyDecoding"]),
    fuzzer("FuzzXML", ["BodyDecoding"]),
    fuzzer("FuzzContentCoding", ["BodyDecoding"]),
    fuzzer("FuzzSecLang", ["SecLang"]),
    fuzzer("FuzzTransformations", ["RuleEngine", "SecLang"]),
    fuzzer("FuzzInjection", ["RuleEngine", "SecLang"]),
    fuzzer("FuzzPrefilter", ["PatternScan"]),
    fuzzer("FuzzMessages", ["HTTPWire", "HTTPModel"]),
    fuzzer("FuzzLogLines", ["LogAnalysis"]),
  ]
)

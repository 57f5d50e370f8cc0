// swift-tools-version: 6.1
import PackageDescription

/// The parsers are built here once more, with the sanitizers that the main package does without: `Sources/HTTPModel` and
/// `Sources/BodyDecoding` are links to the folders of the main package.
let sanitized: [SwiftSetting] = [.swiftLanguageMode(.v6), .unsafeFlags(["-sanitize=fuzzer,address"])]

func fuzzer(_ name: String) -> Target {
  .executableTarget(
    name: name, dependencies: ["BodyDecoding", "FuzzDriver"],
    swiftSettings: sanitized + [.unsafeFlags(["-parse-as-library", "-warnings-as-errors"])],
    linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])])
}

let package = Package(
  name: "ropeline-fuzzing",
  targets: [
    .systemLibrary(name: "CLibFuzzer"),
    .target(name: "FuzzDriver", dependencies: ["CLibFuzzer"], swiftSettings: sanitized),
    .target(name: "HTTPModel", swiftSettings: sanitized),
    .target(name: "BodyDecoding", dependencies: ["HTTPModel"], swiftSettings: sanitized),
    fuzzer("FuzzJSON"),
    fuzzer("FuzzMultipart"),
    fuzzer("FuzzURLEncoded"),
    fuzzer("FuzzCookies"),
  ]
)

import Foundation
import Testing

/// The arrows of ARCHITECTURE.md, held against the imports: a plain build lets an undeclared import of a sibling through.
@Suite("Architecture")
struct ImportTests {
  private static let allowed: [String: Set<String>] = [
    "HTTPModel": [],
    "EvidenceModel": ["HTTPModel"],
    "SecLang": [],
    "PatternScan": ["CPCRE2", "CGramScan"],
    "BodyDecoding": ["HTTPModel", "CXML2", "CZlib", "CBrotli", "CZstd"],
    "RuleEngine": ["HTTPModel", "EvidenceModel", "SecLang", "PatternScan", "CGramScan", "BodyDecoding", "AddressFacts", "CCrypto"],
    "SchemaValidation": ["BodyDecoding", "PatternScan"],
    "OpenAPIValidation": ["HTTPModel", "BodyDecoding", "SchemaValidation"],
    "SchemaFiles": ["BodyDecoding", "SchemaValidation", "OpenAPIValidation", "CYaml"],
    "SchemaLearning": ["HTTPModel", "OpenAPIValidation"],
    "GraphQLInspection": ["BodyDecoding"],
    "GRPCInspection": ["BodyDecoding"],
    "InputValidation": [
      "HTTPModel", "EvidenceModel", "BodyDecoding", "SchemaValidation", "OpenAPIValidation", "GraphQLInspection", "GRPCInspection",
    ],
    "Behavior": ["HTTPModel", "EvidenceModel"],
    "AddressFacts": ["CMaxMindDB"],
    "ClientSources": ["AddressFacts", "Behavior", "BodyDecoding"],
    "Detection": ["HTTPModel", "EvidenceModel", "SecLang", "RuleEngine", "AddressFacts", "BodyDecoding", "InputValidation"],
    "HTTPWire": ["HTTPModel", "EvidenceModel", "NIOCore"],
    "Reporting": ["EvidenceModel"],
    "Telemetry": ["HTTPModel", "EvidenceModel", "Behavior", "SecLang", "RuleEngine", "Detection", "Reporting"],
    "LogAnalysis": ["HTTPModel", "EvidenceModel", "BodyDecoding", "Behavior", "ClientSources", "Detection", "Reporting", "CZlib"],
    "Rehearsal": ["HTTPModel", "EvidenceModel", "BodyDecoding", "LogAnalysis", "Reporting", "Telemetry"],
    "RulesetLint": ["SecLang", "PatternScan", "Reporting"],
    "Settings": ["SecLang", "Yams"],
    "ReverseProxy": [
      "HTTPModel", "EvidenceModel", "Behavior", "ClientSources", "Detection", "RuleEngine", "HTTPWire", "Telemetry", "NIOCore", "NIOPosix",
    ],
  ]
  /// Tools for the people who work on this package; they read files themselves.
  private static let tools: [String: Set<String>] = [
    "fingerprints": ["RuleEngine", "Foundation"], "growth": ["BodyDecoding", "HTTPWire", "LogAnalysis", "RuleEngine", "SecLang"],
  ]
  /// Modules of the platform, open to every room; Foundation is not one of them.
  private static let platform: Set<String> = ["Swift", "Glibc", "Synchronization"]

  @Test func roomsImportOnlyWhatTheirArrowsAllow() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Sources")
    var count = 0
    for (room, allowed) in Self.allowed.merging(Self.tools, uniquingKeysWith: { $1 }) {
      let folder = sources.appendingPathComponent(room)
      let files = (FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? [])
        .filter { $0.pathExtension == "swift" }
      #expect(!files.isEmpty, "\(room) has no source")
      for file in files {
        count += 1
        for line in String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n") {
          guard
            let match = line.wholeMatch(
              of: /(?:@\w+ )*(?:public |package |internal |private )?import (?:struct |enum |class |func )?(\w+).*/)
          else { continue }
          let name = String(match.1)
          #expect(allowed.contains(name) || Self.platform.contains(name), "\(room)/\(file.lastPathComponent) imports \(name)")
        }
      }
    }
    #expect(count > 100)
  }
}

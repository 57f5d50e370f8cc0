import ArgumentParser
import Detection
import EvidenceModel
import GRPCInspection
import GraphQLInspection
import InputValidation
import OpenAPIValidation
import SchemaFiles
import SchemaValidation
import Settings

/// Builds what requests are held against from flags and settings.
struct SchemaGuardLoader {
  let settings: SettingValues
  /// `--schema`; beats `schema.files`.
  let files: [String]
  /// `--schema-policy`; on top of the settings.
  let policies: [String]

  /// Nil if nothing is configured.
  /// - Throws: `ExitCode(2)` after every mistake has been printed with its place.
  func load(remembersClients: Bool) throws -> SchemaGuard? {
    var configuration = SchemaGuardConfiguration()
    let paths = files.isEmpty ? settings.list("schema.files") : files
    configuration.graphQLPaths = settings.list("graphql.paths")
    let sets = settings.list("grpc.descriptors")
    guard !paths.isEmpty || !configuration.graphQLPaths.isEmpty || !sets.isEmpty else {
      if !policies.isEmpty { throw ValidationError("--schema-policy has nothing to apply to: give --schema FILE") }
      return nil
    }
    configuration.documents = try paths.map { path in
      var options = OpenAPIOptions()
      options.assertsFormats = settings.isOn("schema.formats") ?? true
      return try SchemaCommand.load(path, options: options)
    }
    configuration.checksResponses = settings.isOn("schema.responses") ?? false
    if let limit = settings.number("schema.body-limit") { configuration.bodyLimit = limit }
    if let limit = settings.number("schema.response-body-limit") { configuration.responseBodyLimit = limit }
    configuration.graphQLLimits = graphQLLimits
    configuration.remembersClients = remembersClients
    if !sets.isEmpty { configuration.grpc = try grpc(sets) }
    try setPolicy(&configuration)
    return SchemaGuard(configuration)
  }

  private func setPolicy(_ configuration: inout SchemaGuardConfiguration) throws {
    for kind in ViolationKind.allCases {
      if let text = settings.text("schema." + kind.rawValue), let reaction = ViolationPolicy.reaction(text) {
        configuration.policy.set(kind, to: reaction)
      }
    }
    for text in settings.list("schema.overrides") + policies.filter({ $0.contains(": ") }) {
      do throws(PolicyError) { try configuration.policy.addOverride(text) } catch { throw fail("schema.overrides: \(error)") }
    }
    for text in policies where !text.contains(": ") {
      let words = text.split(separator: " ", maxSplits: 1).map(String.init)
      guard words.count == 2, let kind = ViolationKind(rawValue: words[0]) else {
        throw ValidationError("--schema-policy is \"KIND REACTION\" or \"OPERATION: KIND REACTION\", not \"\(text)\"")
      }
      guard let reaction = ViolationPolicy.reaction(words[1]) else {
        throw ValidationError("--schema-policy \(words[0]) is off, count, score N or block, not \"\(words[1])\"")
      }
      configuration.policy.set(kind, to: reaction)
    }
    for name in configuration.unknownOverrides {
      Terminal.error("ropeline: warning: schema.overrides: no document has an operation \(name)")
    }
  }

  private var graphQLLimits: GraphQLLimits {
    var limits = GraphQLLimits()
    func apply(_ name: String, _ value: inout Int) {
      if let number = settings.number("graphql." + name) { value = number }
    }
    apply("max-bytes", &limits.maximumBytes)
    apply("max-tokens", &limits.maximumTokens)
    apply("max-depth", &limits.maximumDepth)
    apply("max-aliases", &limits.maximumAliases)
    apply("max-directives", &limits.maximumDirectives)
    apply("max-root-fields", &limits.maximumRootFields)
    apply("max-cost", &limits.maximumCost)
    apply("max-batch", &limits.maximumBatch)
    return limits
  }

  private func grpc(_ paths: [String]) throws -> GRPCInspector {
    do {
      let sets = try paths.map { try FileSystemRuleReader().read($0) }
      var limits = GRPCLimits()
      if let depth = settings.number("grpc.max-depth") { limits.maximumDepth = depth }
      if let bytes = settings.number("grpc.max-message") { limits.maximumMessageBytes = bytes }
      return GRPCInspector(try ProtoDescriptors(sets), limits: limits)
    } catch {
      throw fail("grpc.descriptors: \(error)")
    }
  }

  private func fail(_ message: String) -> ExitCode {
    Terminal.error("ropeline: \(message)")
    return ExitCode(2)
  }
}

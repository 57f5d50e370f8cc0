import AddressFacts
import ArgumentParser
import Behavior
import ClientSources
import Detection
import Foundation
import HTTPModel
import Settings

/// How clients are judged and what is known of addresses, from the settings; each value checked.
struct BehaviorPlan {
  let settings: SettingValues

  /// Beside the two lines of a client: what is learned of the crowd, and of addresses.
  private static let crowdBytes = 24 << 20
  private static let bytesPerClient = 134

  /// - Parameter inspector: whose OpenAPI documents say which endpoints there are.
  /// - Throws: `ExitCode(2)` after the mistake has been told.
  func configuration(_ inspector: Inspector?) throws -> BehaviorConfiguration {
    var behavior = BehaviorConfiguration()
    let memory = settings.number("behavior.memory") ?? 256 << 20
    behavior.maximumClients = settings.number("behavior.clients") ?? max(1024, (memory - Self.crowdBytes) / Self.bytesPerClient)
    if let number = settings.number("behavior.honest-clients-per-error") { behavior.honestClientsPerError = number }
    if let number = settings.number("behavior.collateral") { behavior.requestsPerCollateral = number }
    for text in settings.list("behavior.drop-times") {
      guard let time = AnalyzeCommand.time(text) else { throw fail("behavior.drop-times: \(text) is no time such as 2026-11-20T20:00:00Z") }
      behavior.drops.append(time)
    }
    do throws(ProtocolStep.Mistake) {
      behavior.protocols = try ProtocolDescription(settings.list("behavior.protocol"))
    } catch {
      throw fail("behavior.protocol: \(error)")
    }
    for document in inspector?.configuration.schema?.configuration.documents ?? [] {
      for operation in document.operations {
        for base in document.basePaths {
          behavior.endpoints.append((Array(operation.method.utf8), Array((base + operation.path).utf8)))
        }
      }
    }
    return behavior
  }

  /// - Parameter waits: whether the DNS may be waited for, as in reports; the proxy goes on without the answer.
  func sources(waits: Bool) throws -> SourceBook? {
    var allowed = NetworkSet()
    for text in settings.list("behavior.allow") where !allowed.insert(text) {
      throw fail("behavior.allow: \(text) is no address and no network such as 192.0.2.0/24")
    }
    var crawlers: [CrawlerRanges] = []
    for text in settings.list("identity.crawlers") {
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
        throw fail("identity.crawlers: \(text) is not name=FILE, such as googlebot=googlebot.json")
      }
      let path = String(text[text.index(after: equals)...])
      guard let data = FileManager.default.contents(atPath: path) else { throw fail("identity.crawlers: \(path) cannot be read") }
      do throws(CrawlerRanges.Mistake) {
        crawlers.append(try CrawlerRanges(name: String(text[..<equals]), file: path, bytes: Array(data)))
      } catch {
        throw fail("identity.crawlers: \(error)")
      }
    }
    var databases: [GeoDatabase] = []
    for key in ["identity.country-database", "identity.network-database"] {
      guard let path = settings.text(key) else { continue }
      do throws(GeoDatabase.OpenError) { databases.append(try GeoDatabase(path: path)) } catch { throw fail("\(key): \(error)") }
    }
    var systems: Set<Int> = []
    for text in settings.list("identity.hosting-systems") {
      guard let number = Int(text.uppercased().hasPrefix("AS") ? String(text.dropFirst(2)) : text), number > 0 else {
        throw fail("identity.hosting-systems: \(text) is no number of an autonomous system")
      }
      systems.insert(number)
    }
    var names: SourceBook.NameCheck?
    if settings.isOn("identity.crawler-dns") == true {
      let cache = NameCache(waits: waits)
      names = { address, domains in cache.isConfirmed(address, in: domains) }
    }
    let book = SourceBook(
      allowed: allowed, crawlers: crawlers, names: names, databases: databases,
      hostingSystems: systems)
    return book.isEmpty ? nil : book
  }

  private func fail(_ text: String) -> ExitCode {
    Terminal.error("ropeline: \(text)")
    return ExitCode(2)
  }
}

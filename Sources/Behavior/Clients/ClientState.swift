import Glibc

/// What is remembered of one client, as it is worked with; `ClientRecord` is the same as it is kept.
///
/// Evidence that adds up over requests is kept as sums in bits; the last steps wait in `waiting` before the crowd model learns from
/// them, so that a client that turns out suspicious teaches nothing.
public struct ClientState: Sendable {
  /// Keyed hash of the identity; 0 marks an empty place.
  public internal(set) var tag: UInt64 = 0
  /// Microseconds since the epoch.
  public internal(set) var lastSeen: Int64 = 0
  public internal(set) var requests: UInt32 = 0
  var waiting = SIMD8<UInt32>(repeating: 0)
  /// The last gap before each of three steps: 12 bits of the step, 20 bits of milliseconds.
  var stepGaps = SIMD3<UInt32>(repeating: 0)
  /// Bits, decided step by step: order of the endpoints, timing, objects, matches of rules.
  public internal(set) var order: Float = 0
  public internal(set) var timing: Float = 0
  public internal(set) var novelty: Float = 0
  public internal(set) var rules: Float = 0
  /// The soft bits at their highest, before calibration, and what they come to by it.
  var peak: Float = 0
  public internal(set) var calibrated: Float = 0
  /// How closely gaps repeat.
  public internal(set) var repetition: Float = 0
  /// Bits for the run in one mode.
  public internal(set) var mode: Float = 0
  /// A bit for each object asked for during the run in one mode, by hash.
  var objects: UInt64 = 0
  /// A bit for each transition that this client made, by hash.
  var transitions: UInt32 = 0
  var lastID: UInt32 = 0
  var composition = Composition()
  /// The last four different requests by hash.
  var lastRequests = SIMD4<UInt16>(repeating: 0)
  /// The step that was most unlike the crowd: from and to.
  var oddFrom: UInt16 = 0
  var oddTo: UInt16 = 0
  /// Bits for how it takes refusals and cached answers: `RetryModel`.
  public internal(set) var discipline: Float = 0
  /// Bits for header order and TLS fingerprint against the program that it says it is: `StackModel`.
  public internal(set) var stack: Float = 0
  /// Where it is in one of the application's protocols, and what that says: `ProtocolModel`.
  var protocolTime: UInt16 = 0
  var protocolPlace: UInt8 = 0
  public internal(set) var protocolBits: Float = 0
  /// Mean logarithm of what its requests cost the origin, in sixteenths; 0 if nothing is known of it.
  var cost: UInt8 = 0
  /// Known anew at each request, and not kept: bits for what its pages do not load along, for what its requests cost, and for
  /// identities that its source makes and leaves.
  public internal(set) var missing: Float = 0
  public internal(set) var dearness: Float = 0
  public internal(set) var minting: Float = 0
  /// Refused log-ins since the last that succeeded.
  public internal(set) var failedLogins: UInt8 = 0
  /// Where they came from, for `LoginBook`.
  var loginPlace: UInt8 = 0
  public internal(set) var malformed: UInt8 = 0
  var schemaViolations: UInt8 = 0
  /// Rules that matched, as bits by hash.
  var ruleSet: UInt8 = 0
  var flags = ClientFlags()
  /// Objects read one after the other, or steps taken one after the other without a look; at most 255.
  var run: UInt8 = 0
  /// How odd that was, in sixteenths of a bit.
  var oddBits: UInt8 = 0
  /// Different objects read since the last write that succeeded; at most 255.
  var reads: UInt8 = 0
  /// Where it was when it had read much and done nothing; 0 if it did something since.
  var idleStep: UInt16 = 0
  /// Bits for how few different things it does.
  public internal(set) var breadth: Float = 0
  /// How many of the last steps the crowd has not learned from.
  var waitingCount: UInt8 = 0
  /// Bits taken over from the address or a campaign, in tenths.
  public internal(set) var inherited: UInt8 = 0

  public init() {}

  private static let freshness: Int64 = 1_800_000_000
  private static let halfLife: Float = 43_200_000_000
  private static let day: Int64 = 86_400_000_000

  /// What was held against it fades while it is away: half of it in twelve hours, beginning with half an hour of silence.
  mutating func fade(until now: Int64) {
    let silence = now - lastSeen
    guard requests > 0, silence > Self.freshness else { return }
    let share = exp2(-Float(silence) / Self.halfLife)
    order *= share
    timing *= share
    novelty *= share
    rules *= share
    repetition *= share
    mode *= share
    discipline *= share
    stack *= share
    protocolBits *= share
    failedLogins = UInt8(Float(failedLogins) * share)
    malformed = UInt8(Float(malformed) * share)
    schemaViolations = UInt8(Float(schemaViolations) * share)
    if silence > Self.day { flags.remove(.flagged) }
  }

  /// Whether it has failed to log in before and got in since; whoever tries a list has hits too, after many failures.
  func hasLoggedIn(since earlier: ClientState) -> Bool {
    earlier.failedLogins > 0 && earlier.failedLogins <= 8 && failedLogins == 0 && requests > earlier.requests
  }

  mutating func forgetFailures() {
    failedLogins = 0
    loginPlace = 0
  }

  /// Takes over what is known of where it comes from.
  mutating func take(_ standing: SourceStanding) {
    if standing.isHosting { flags.insert(.hosting) }
    if standing.isVerifiedCrawler { flags.formUnion([.verified, .declared]) }
    if standing.isAllowed { flags.insert(.allowed) } else { flags.remove(.allowed) }
    if standing.isImpostor {
      flags.insert(.impostor)
      flags.remove(.declared)
    }
  }

  /// The evidence against it has come to the threshold once.
  public var isFlagged: Bool { flags.contains(.flagged) }

  var clientErrors: Int { Int(composition.clientErrors) }
  public var assets: Int { Int(composition.assets) }
  public var writes: Int { Int(composition.writes) }
  var ascendingIDs: Int { Int(composition.ascendingIDs) }
  /// Requests of which the counts above are: all of the first 255, and about the last two hundred of more.
  var counted: Int { max(1, Int(composition.total)) }

  /// It has done nothing but try to log in.
  var isBare: Bool { composition.logins == composition.total }

  /// The step at which it was most unlike the crowd.
  var shape: UInt32 { UInt32(oddFrom) << 16 | UInt32(oddTo) }
}

/// What is known of a client once and for all.
struct ClientFlags: OptionSet, Sendable {
  /// The lower twenty-one bits are kept.
  let rawValue: UInt32
  /// It names itself a crawler, a monitor or a link preview.
  static let declared = ClientFlags(rawValue: 1)
  /// It shows a key.
  static let hasKey = ClientFlags(rawValue: 2)
  /// A rule took it for a security scanner.
  static let scanner = ClientFlags(rawValue: 4)
  static let flagged = ClientFlags(rawValue: 8)
  /// It names itself a library or a command-line tool.
  static let tool = ClientFlags(rawValue: 16)
  /// What the first request was, as long as nothing more is kept of it.
  static let firstWasAsset = ClientFlags(rawValue: 32)
  static let firstWasWrite = ClientFlags(rawValue: 64)
  static let firstWasLogin = ClientFlags(rawValue: 128)
  /// The run is one of writes and assets, not of reads.
  static let acting = ClientFlags(rawValue: 256)
  /// Its evidence came to half a verdict.
  static let suspicious = ClientFlags(rawValue: 512)
  /// What it may be stands behind an address and user agent that too many share.
  static let shared = ClientFlags(rawValue: 1 << 24)
  /// It names itself a crawler that it is not.
  static let impostor = ClientFlags(rawValue: 1 << 10)
  /// The last request met an overloaded origin.
  static let failed = ClientFlags(rawValue: 2048)
  /// It acted after it had become suspicious.
  static let forgiven = ClientFlags(rawValue: 4096)
  /// Its evidence came to something worth mentioning.
  static let odd = ClientFlags(rawValue: 8192)
  /// A crawler whose address was found to be its operator's.
  static let verified = ClientFlags(rawValue: 1 << 14)
  /// The operator lets it do what it likes.
  static let allowed = ClientFlags(rawValue: 1 << 15)
  /// Its address belongs to a network in which machines stand, not people.
  static let hosting = ClientFlags(rawValue: 1 << 16)
  /// It names itself a browser; neither this nor `app`: something else.
  static let browser = ClientFlags(rawValue: 1 << 17)
  /// It names itself an application of a phone or the like.
  static let app = ClientFlags(rawValue: 1 << 18)
  // Sets as numbers: a literal of several would be an array first, and an allocation at each request.

  static let machine = ClientFlags(rawValue: 1 | 2)
  static let noVisitor = ClientFlags(rawValue: 1 | 2 | 16)
  static let noTeacher = ClientFlags(rawValue: 8 | 1 | 2 | 16)
  static let remarkable = ClientFlags(rawValue: 4 | 512)
  static let owing = ClientFlags(rawValue: 8 | 512)

  /// Browsers, apps, others.
  static let kinds = 3
  var kind: Int { contains(.browser) ? 0 : contains(.app) ? 1 : 2 }
  /// It asks for one thing only: `PollBook`.
  static let polls = ClientFlags(rawValue: 1 << 19)
  /// The last request was told to come later (429).
  static let throttled = ClientFlags(rawValue: 1 << 20)
}

/// One step that waits to be learned from: 11 bits of the step, 5 of the gap before it, 3 of the repetition, and one each for a
/// transition made for the first time, a new object, and a step that does not belong to the ones before it.
struct WaitingStep {
  var step: Int
  var gap: Int
  var repetition: Int
  var isFirst: Bool
  var isNew: Bool
  /// Better explained as the step of another person behind the same identity.
  var isForeign: Bool
  /// Something was done: a write that succeeded, or what belongs to a page.
  var isActing: Bool

  /// As two parts, of 16 and 7 bits.
  var packed: UInt32 {
    UInt32(step & 2047) | UInt32(gap & 31) << 11 | UInt32(repetition & 7) << 16 | (isFirst ? 1 << 19 : 0) | (isNew ? 1 << 20 : 0)
      | (isForeign ? 1 << 21 : 0) | (isActing ? 1 << 22 : 0)
  }

  init(step: Int, gap: Int, repetition: Int, isFirst: Bool, isNew: Bool, isForeign: Bool, isActing: Bool) {
    self.isActing = isActing
    self.step = step
    self.gap = gap
    self.repetition = repetition
    self.isFirst = isFirst
    self.isNew = isNew
    self.isForeign = isForeign
  }

  init(_ packed: UInt32) {
    step = Int(packed & 2047)
    gap = Int(packed >> 11 & 31)
    repetition = Int(packed >> 16 & 7)
    isFirst = packed & 1 << 19 != 0
    isNew = packed & 1 << 20 != 0
    isForeign = packed & 1 << 21 != 0
    isActing = packed & 1 << 22 != 0
  }
}

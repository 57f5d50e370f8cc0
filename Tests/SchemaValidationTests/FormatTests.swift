import SchemaValidation
import Testing

/// Formats, asserted: what each takes and refuses.
@Suite struct FormatTests {
  struct Row: Sendable {
    var format: String
    var accepts: [String]
    var refuses: [String]
  }

  @Test(arguments: rows) func texts(_ row: Row) throws {
    let text = #"{"format": "\#(row.format)"}"#
    let asserted = try CompiledSchema(Array(text.utf8), options: SchemaOptions(assertsFormats: true))
    let annotated = try CompiledSchema(Array(text.utf8))
    let validator = SchemaValidator()
    for (values, verdict) in [(row.accepts, SchemaVerdict.valid), (row.refuses, .invalid)] {
      for value in values {
        let bytes = Self.json(value)
        #expect(validator.validate(bytes, asserted) == verdict, "\(row.format): \(value.debugDescription)")
        #expect(validator.validate(bytes, annotated) == .valid)
      }
    }
    for other in ["1", "null", "{}", "[]", "1.5", "true"] { #expect(validator.validate(Array(other.utf8), asserted) == .valid) }
  }

  @Test func tableIsComplete() {
    #expect(Set(Self.rows.map(\.format)).count == 19)
    #expect(Self.rows.reduce(0) { $0 + $1.accepts.count + $1.refuses.count } >= 330)
  }

  @Test func unknownFormatsAssertNothing() throws {
    let schema = try CompiledSchema(Array(#"{"format": "shoe-size"}"#.utf8), options: SchemaOptions(assertsFormats: true))
    #expect(SchemaValidator().validate(Array(#""xyz""#.utf8), schema) == .valid)
  }

  private static func json(_ text: String) -> [UInt8] {
    var output = "\""
    for scalar in text.unicodeScalars {
      if scalar.value < 0x20 || scalar == "\"" || scalar == "\\" {
        let digits = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      } else {
        output.unicodeScalars.append(scalar)
      }
    }
    return Array((output + "\"").utf8)
  }

  private static let longLabel = String(repeating: "a", count: 63)

  static let rows = [
    Row(
      format: "date-time",
      accepts: [
        "1963-06-19T08:30:06.283185Z", "1963-06-19T08:30:06Z", "1937-01-01T12:00:27.87+00:20", "1990-12-31T15:59:50.123-08:00",
        "1998-12-31T23:59:60Z", "1998-12-31T15:59:60.123-08:00", "1963-06-19t08:30:06.283185z", "2020-02-29T00:00:00-00:00",
        "0000-01-01T00:00:00Z", "9999-12-31T23:59:59+23:59",
      ],
      refuses: [
        "1998-12-31T23:59:61Z", "1998-12-31T23:58:60Z", "1998-12-31T22:59:60Z", "1990-02-31T15:59:59.123-08:00",
        "1990-12-31T15:59:59-24:00", "1963-06-19T08:30:06.28123+01:00Z", "06/19/1963 08:30:06 PST", "2013-350T01:01:01",
        "1963-6-19T08:30:06.283185Z", "1963-06-1T08:30:06.283185Z", "1963-06-1৪T00:00:00Z", "1963-06-11T0৪:00:00Z",
        "1963-06-19 08:30:06Z", "1963-06-19T08:30:06", "1963-06-19T08:30:06.Z", "1963-06-19T24:00:00Z", "1963-06-19T08:60:00Z",
        "1963-06-19T08:30Z", "", "1963-06-19T08:30:06Z ", "1963-06-19T08:30:06+0100", "+11963-06-19T08:30:06Z", "1963-06-19T08:30:06,5Z",
      ]),
    Row(
      format: "date", accepts: ["1963-06-19", "2020-02-29", "2000-02-29"],
      refuses: [
        "2021-02-29", "1900-02-29", "1963-6-19", "1963-00-01", "1963-13-01", "1963-04-31", "2013-350", "", "1963-06-19T", "20200101",
      ]),
    Row(
      format: "time", accepts: ["08:30:06Z", "23:59:60Z", "01:29:60+01:30", "15:59:60-08:00", "08:30:06.5+00:20"],
      refuses: ["08:30:06", "24:00:00Z", "23:59:60+01:00", "08:30:06 PST", "8:30:06Z", "01:02:03+24:00", "08:30:06.Z", "08:30Z"]),
    Row(
      format: "duration",
      accepts: ["P4DT12H30M5S", "P4Y", "PT0S", "P0D", "P1M", "PT1M", "PT36H", "P1DT12H", "P2W", "P1Y2M3DT4H5M6S", "PT1H2M3S", "P1Y2M"],
      refuses: [
        "PT1D", "4DT12H30M5S", "P", "P1YT", "PT", "P2D1Y", "P1D2H", "P2S", "P1", "P1Y2W", "P২Y", "P1Y2D", "PT1H2S", "P1W2D", "p1d", "",
        "P1DT", "P-1D", "P1.5D", "PT0.5S", "P1D ", "P1WT1H", "PT1W",
      ]),
    Row(
      format: "email",
      accepts: [
        "joe.bloggs@example.com", "te~st@example.com", "~test@example.com", "test~@example.com", "\"joe bloggs\"@example.com",
        "\"joe..bloggs\"@example.com", "\"joe@bloggs\"@example.com", "joe.bloggs@[127.0.0.1]", "joe.bloggs@[IPv6:::1]",
        "te.s.t@example.com",
        "a@b", "!#$%&'*+-/=?^_`{|}~@example.com", "\"a\\\"b\"@example.com", "riedgar+guidelines@example.com",
      ],
      refuses: [
        "2962", ".test@example.com", "test.@example.com", "te..st@example.com", "joe.bloggs@invalid=domain.com", "joe.bloggs@[127.0.0.300]",
        "user1@oceania.org, user2@oceania.org", "\"Winston Smith\" <winston.smith@recdep.minitrue>", "@example.com", "joe@", "joe@-a.com",
        "joe@a..com", "joe@example.com.", "joé@example.com", "joe @example.com", "\"joe@example.com", "joe@[127.0.0.1", "joe@[]",
        "joe@exa_mple.com",
        "joe@@example.com", "",
      ]),
    Row(
      format: "idn-email", accepts: ["실례@실례.테스트", "joe.bloggs@example.com", "\"실 례\"@example.com", "δοκιμή@παράδειγμα.δοκιμή"],
      refuses: ["2962", "실례@", "@실례.테스트", "실례.@실례.테스트", "a@〮실례"]),
    Row(
      format: "hostname",
      accepts: [
        "www.example.com", "xn--4gbwdl.xn--wgbh1c", "a", "1host", "hostnam3", "h0stn4me", "host-name", longLabel,
        "xn--ihqwcrb4cv8a8dqg056pqjye",
        "\(longLabel).\(longLabel).\(longLabel).\(String(repeating: "a", count: 61))", "a.b.c.d", "127.0.0.1", "EXAMPLE.com",
      ],
      refuses: [
        "-a-host-name-that-starts-with--", "not_a_valid_host_name", "", ".", ".example", "example.", "a..b", "-hello", "hello-", "-hello-",
        "hostname-.com", "\(longLabel)a", "\(longLabel).\(longLabel).\(longLabel).\(String(repeating: "a", count: 62))", "xn--X",
        "XN--aa---o47jg78q",
        "exa mple.com", "example．com", "hëllo", "xn--l-fda", "xn--al-0ea", "xn--lc-s2h", "a\n", "xn--", "host,name", "a.xn--", "ab--cd.com",
      ]),
    Row(
      format: "idn-hostname", accepts: ["실례.테스트", "example.com", "ليهمابتكلموشعربي", "l·l", "α͵β", "א׳ב", "・ぁ", "بي‌بي", "क्‍ष", "faß"],
      refuses: ["〮실례.테스트", "a..b", "", "-a", "A·l", "aא", "üa--b", "Ünicode", "ｆｕｌｌ", "a\u{308}bc"]),
    Row(
      format: "ipv4", accepts: ["192.168.0.1", "0.0.0.0", "255.255.255.255"],
      refuses: [
        "127.0.0.0.1", "256.256.256.256", "127.0", "0x7f000001", "2130706433", "087.10.0.1", "1২7.0.0.1", "192.168.1.0/24", "01.2.3.4",
        "1.2.3.", "1..2.3", "00.1.2.3",
      ]),
    Row(
      format: "ipv6",
      accepts: [
        "::1", "::abef", "::", "::42:ff:1", "d6::", "1:d6::42", "1::d6:192.168.0.1", "1:2::192.168.0.1", "::ffff:192.168.0.1",
        "1:2:3:4:5:6:7:8",
        "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "ABCD:EF01::", "1:2:3:4:5:6:1.2.3.4",
      ],
      refuses: [
        "12345::", "::abcef", "1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1", "::laptop", ":2:3:4:5:6:7:8", "1:2:3:4:5:6:7:", ":2:3:4::8", "1::d6::42",
        "1::2:192.168.256.1", "1::2:192.168.ff.1", "::ffff:127.0.0.0.1", "1:2:3:4:5:6:7", "1", "127.0.0.1", "1:2:3:4:1.2.3", "  ::1",
        "::1  ",
        "fe80::/64", "fe80::a%eth1", "1000:1000:1000:1000:1000:1000:255.255.255.255x", "100:100:100:100:100:100:255.255.255.255.255",
        "100:100:100:100:100:100:100:255.255.255.255", "1:2:3:4:5:6:7:৪", "1:2::192.16৪.0.1", "", ":", ":::", "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1.2.3.4::", "::1.2.3.4:5", "::01.2.3.4", "[::1]",
      ]),
    Row(
      format: "uri",
      accepts: [
        "http://foo.bar/?baz=qux#quux", "http://foo.bar/?q=Test%20URL-encoded%20stuff",
        "http://-.~_!$&'()*+,;=:%40:80%2f::::::@example.com",
        "ldap://[2001:db8::7]/c=GB?objectClass?one", "mailto:John.Doe@example.com", "tel:+1-816-555-1212", "urn:oasis:names:x:1.2", "a:",
        "http://",
        "http://[v1.fe80::a+en1]/", "file:///etc/hosts", "http://a:/", "http://a?", "a+b-c.d:x", "http://a/;b=c",
      ],
      refuses: [
        "//foo.bar/?baz=qux#quux", "/abc", "\\\\WINDOWS\\fileshare", "abc", "http:// shouldfail.com", ":// should fail", "bar,baz:foo",
        "https://[@example.org/test.txt", "https://example.org/foobar®.txt", "https://example.org/{}", "http://a/%zz", "http://a:b/", "",
        "http://[::1", "http://[::1]a/", "http://a/#b#c", "1a:b", "http://a]b/", "http://[v1]/", "http://a/\u{7f}",
      ]),
    Row(
      format: "uri-reference",
      accepts: ["http://foo.bar/?baz=qux#quux", "//foo.bar/?baz", "/abc", "abc", "#fragment", "", "?a", "./a:b", "a/b:c", "#frag/ment?x"],
      refuses: ["\\\\WINDOWS\\fileshare", "#frag\\ment", "a b", "unescaped®", "1a:b", "#a#b", "%"]),
    Row(
      format: "iri", accepts: ["http://ƒøø.ßår/?∂éœ=πîx#πîüx", "http://[2001:0db8:85a3::7334]", "urn:é"],
      refuses: [
        "http://2001:0db8:85a3:0000:0000:8a2e:0370:7334", "/abc", "\\\\WINDOWS\\filëßåré", "âππ", "http://a/\u{FFFE}", "http://a/\u{E000}",
      ]),
    Row(
      format: "iri-reference", accepts: ["//ƒøø.ßår/?∂", "/âππ", "âππ", "#ƒrägmênt", "?\u{E000}"],
      refuses: ["\\\\WINDOWS\\filëßåré", "#ƒräg\\mênt", "\u{E000}"]),
    Row(
      format: "uri-template", accepts: ["http://example.com/dictionary/{term:1}/{term}", "dictionary/{term:1}/{term}", "{+x,y*}", ""],
      refuses: ["http://example.com/dictionary/{term:1}/{term", "{}", "{a:0}", "{a:10000}", "}", "a b", "{a b}", "{a.}", "%4"]),
    Row(
      format: "uuid",
      accepts: [
        "2EB8AA08-AA98-11EA-B4AA-73B441D16380", "2eb8aa08-aa98-11ea-b4aa-73b441d16380", "00000000-0000-0000-0000-000000000000",
        "98d80576-482e-427f-8434-7f86890ab222", "99c17cbb-656f-f64a-940f-1a4568f03487",
      ],
      refuses: [
        "2eb8aa08-aa98-11ea-b4aa-73b441d1638", "2eb8aa08-aa98-11ea-73b441d16380", "2eb8aa08-aa98-11ea-b4ga-73b441d16380",
        "2eb8aa08aa9811eab4aa73b441d16380", "2eb8aa08aa98-11ea-b4aa73b441d16380", "{2eb8aa08-aa98-11ea-b4aa-73b441d16380}",
        "2eb8aa0-8aa98-11e-ab4aa7-3b441d16380", "",
      ]),
    Row(
      format: "json-pointer",
      accepts: ["/foo/bar~0/baz~1/%a", "/foo//bar", "/foo/bar/", "", "/", "/a~1b", "/c%d", "/i\\j", "/k\"l", "/ ", "/~1.1", "/foo/-"],
      refuses: ["/foo/bar~", "#", "#/", "#a", "/~0~", "/~0/~", "/~2", "/~-1", "/~~", "a", "0", "a/a"]),
    Row(
      format: "relative-json-pointer", accepts: ["1", "0/foo/bar", "2/0/baz/1/zip", "0#", "120/a"],
      refuses: ["/foo/bar", "-1/foo", "+1/foo", "0##", "01/a", "01#", "", "1#/a", "#"]),
    Row(
      format: "regex",
      accepts: ["([abc])+\\s+$", "^\\p{Lu}$", "(?<a>x)\\k<a>", "[]", "[^]", "(?<=a+)b", "a{2,3}?", "\\cA", "\\u{1F600}", "(?i:a)"],
      refuses: [
        "^(abc]", "\\a", "(?P<n>x)", "(?i)a", "*a", "a**", "a{3,2}", "[b-a]", "(", ")", "\\", "\\Z", "(?<a>x)(?<a>y)", "\\k<b>", "\\2(a)",
        "\\p{Nope}", "(?#x)", "[a", "\\u{110000}", "\\xg1",
      ]),
  ]
}

import Testing

@testable import RuleEngine

/// `@detectSQLi` on both sides: what must be found, and what people write.
@Suite("SQL injection detector")
struct SQLInjectionDetectorTests {
  private func fingerprint(_ text: String) -> String? {
    Array(text.utf8).withUnsafeBufferPointer { SQLInjectionDetector.detect($0) }.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(
    "an injection is found",
    arguments: [
      // Ways out of a string, and ways to keep the statement whole
      "' or '1'='1", "' OR 1=1 -- ", "x' AND 1=1#", "admin'--", "admin' #", "\" or \"a\"=\"a", "1' or 1=1 /*", "') or ('x'='x", "'='",
      "x' or 'a' like 'a", "' or 1 between 0 and 2 -- -", "a' and exists (select * from users) --", "'+sleep(5)+'", "'||(select 1)||'",
      "foo bar' or 1=1 -- ", "Seán' union select password from users -- ",
      // Numbers
      "1 or 1=1", "1 or 2>1", "-1 union select 1,2,3", "1) or (1=1", "1)) union all select null,null -- ",
      "1 and (select count(*) from t)>0",
      "1 order by 10 -- ", "1 and sleep(5)", "1-sleep(5)", "1;iif(1=1,1,1/0)", "5 and ascii(substring((select a from b),1,1))>64",
      "1 having 1=1 -- ",
      // Further statements
      "1; drop table users -- ", "1'; exec xp_cmdshell('dir') -- ", "1;waitfor delay '0:0:5' -- ", "'; shutdown -- ",
      "1; insert into users values (1,2) -- ", "1;declare @a varchar(10) set @a='x' exec(@a)",
      // Whole expressions
      "(select 1 from dual)", "sleep(5)", "select version()", "select * from users where id=1", "benchmark(1000000,md5(1))",
      "case when 1=1 then sleep(5) else 0 end", "extractvalue(1,concat(0x7e,version()))",
      // Evasions: comments, case, blanks, signs, parentheses, encodings
      "1/**/union/**/select/**/1", "1 /*!50000union*/ /*!select*/ 1", "1\u{0B}uNiOn\tsElEcT\n1", "1 UNION--x\nSELECT 1", "1 or -+-+~1=1",
      "1 or (((1)))=((1))", "1 or 0x31=0x31", "1.e(ascii 1) union select 1", "1'/**/or/**/'1'='1", "1||1=1", "1 && 1=1", "1' XOR '1",
      "1 or `a`=`a`", "1 union(select(1))", "1union select 2", "1 or 1 like 1 -- ", "1 rlike (select 1)", "x' RLIKE sleep(5) -- ",
      // Behind a preface that fills the beginning of the shape
      "a (b) c; d, 'e' f = 7 union select password, name from users where id = 1",
    ])
  func injectionIsFound(_ text: String) { #expect(fingerprint(text) != nil, "\(text)") }

  @Test(
    "text is no injection",
    arguments: [
      // Words of SQL that are English
      "select", "union", "drop", "Please select a date", "don't stop", "union of the snake", "drop table manners",
      "Drop tables for the party",
      "select from our range of union jacks", "order by phone", "group by age", "having fun", "the case when I like it", "sleep (8 hours)",
      "MD5 (a.txt) = 1f", "ASCII (7 bits) or not",
      "insert coin to continue", "update: the show starts at 8", "delete my account, please", "create a group and join us",
      "where is the exit?", "no limit", "between 5 and 10 tickets", "true or false", "null and void", "not in my name", "as is",
      "Trade Union Select Committee", "values and beliefs", "table 5, 2 persons", "executive suite and bar", "alter ego", "grant access",
      // Apostrophes, quotes, dashes
      "O'Connor", "Seán O'Brien", "D'Angelo & Sons", "rock 'n' roll", "Guns N' Roses", "It's 5 or 6 o'clock", "the boys' and girls' team",
      "'90s and '80s hits", "y'all come", "I'd like 2 or 3", "Who's who", "\"The Union\" and \"The Snake\"",
      "He said: \"drop it\" -- and left",
      "5' 11\"", "24\" x 36\" poster", "18\" or 24\"", "1/2\" - 3/4\" pipe", "Tom & Jerry", "AC/DC", "AT&T", "C++ and C#",
      "50% off and more",
      "Seat 12 - row B", "#1 fan", "row 5; seat 7", "(front) or (back)", "a=b", "x > y", "1 + 1 = 2", "2 x 4 = 8", "1,2,3",
      "item #5 -- blue",
      // Things that values are
      "2026-11-20T20:00:00Z", "550e8400-e29b-41d4-a716-446655440000", "+49 (30) 123-4567", "anna.o'neil@example.org",
      "https://example.org/?a=1&b=2",
      "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
      "{\"a\":[1,2,3],\"b\":\"text\"}", "[\"select\",\"union\"]", "a=1; b=2; c=3", "../img/logo.png", "C:\\Program Files", "main.c:12",
      "0x1F", "@anna",
      "*", "--", "' '", "\"\"", ")))", ":-)", ";-)", "<3", "", "a",
      // Eight languages
      "Wie geht's? Das ist 'ne gute Idee, oder nicht?", "Straße 12, Größe 38 - 40", "L'union fait la force, n'est-ce pas ?",
      "J'ai 5 ou 6 billets pour l'Olympia", "Dell'arte e dell'amore", "un po' di tutto (e d'altro)", "¿Dónde está el baño? ¡Aquí!",
      "uno o dos, \"tres\" no", "copo d'água e pão-de-ló", "'s-Gravenhage en 's-Hertogenbosch", "zo'n 20 foto's, auto's en euro's",
      "Zażółć gęślą jaźń (5 szt.)", "İstanbul'da 2 veya 3 gün", "Ankara'nın en güzel yeri",
    ])
  func textIsNoInjection(_ text: String) { #expect(fingerprint(text) == nil, "\(text): \(fingerprint(text) ?? "")") }

  @Test("the fingerprint is what was found", arguments: [("1 and sleep(5)", "&j"), ("1 union select 2", "1UE"), ("x /*! y */", "M")])
  func fingerprintIsReadable(_ text: String, _ part: String) throws {
    let found = try #require(fingerprint(text))
    #expect(found.contains(part))
    #expect((1...8).contains(found.utf8.count))
  }

  @Test func everyPrefixIsReadWithoutACrash() {
    let text = Array("1'/*! \\ 0x1.e( @@`a` [b] $$c$$ N'd' -- e\n# f \u{A0}\u{0} ;{}::int or/**/*/ union select 1\" ' `".utf8)
    var count = 0
    for end in text.indices {
      for start in [0, end / 2] {
        _ = text[start..<end].withUnsafeBufferPointer { SQLInjectionDetector.detect($0) }
        count += 1
      }
    }
    #expect(count == text.count * 2)
  }
}

import Testing

@testable import RuleEngine

/// `@detectXSS` on both sides, from each place in which a value may stand.
@Suite("Cross-site scripting detector")
struct CrossSiteScriptingDetectorTests {
  private func isFound(_ text: String) -> Bool {
    Array(text.utf8).withUnsafeBufferPointer { CrossSiteScriptingDetector.detect($0) }
  }

  @Test(
    "script is found",
    arguments: [
      // In text
      "<script>alert(1)</script>", "<ScRiPt src=//x>", "<scr\0ipt>alert(1)", "</script><b>", "<svg/onload=alert(1)>", "<svg:mast id=a>",
      "<img src=x onerror=alert(1)>", "<img/onerror=alert(1) src=x>", "<a href=javascript:alert(1)>",
      "<a href=\"jav&#x61;script:alert(1)\">",
      "<a href=\"java&Tab;script&colon;alert(1)\">", "<a href=' \u{1}javascript:x'>", "<a href=\"vbscript:x\">",
      "<a href=data:text/html,x>",
      "<iframe src=x>", "<object data=x>", "<embed src=x>", "<meta http-equiv=refresh>", "<link rel=stylesheet href=x>", "<base href=x>",
      "<div style=\"width:expression(alert(1))\">", "<button formaction=x>", "<x onwhatever=alert(1)>", "<body onload!#$%&()*~+=alert(1)>",
      "<!DOCTYPE x>", "<!ENTITY x>",
      "<!--[if IE]>", "<?xml version=1?>", "<?import x>", "<!-- a --><img src=x onerror=alert(1)>", "<<script>alert(1)",
      "<!-- '=\"a\"><x b='--><img src=x onerror=alert(1)//'>", "<img src=\"/\" =_=\" title=\"onerror='alert(1)'\">",
      // In an attribute
      "\" onmouseover=\"alert(1)", "' onfocus='alert(1)' autofocus='", "x onclick=alert(1)", "` onerror=`x", "\"><script>", "'><svg>",
      "\" style=\"x:expression(1)", "\" formaction=\"javascript:alert(1)", "onerror=alert(1)",
      // As an address
      "javascript:alert(1)", "JaVaScRiPt:alert`1`", " javascript&colon;alert(1)",
    ])
  func scriptIsFound(_ text: String) { #expect(isFound(text), "\(text)") }

  @Test(
    "text is no script",
    arguments: [
      "", "a", "hello", "a < b", "a<b and c>d", "I <3 you", "x=1", "a=1&b=2&one=3", "online=yes", "onsale=5", "once=1", "on=off", "5 > 3",
      "JavaScript: The Good Parts", "Data: see below", "java: an island", "https://example.org/?a=1", "10:30", "style=modern",
      "15\" style=modern",
      "<b>bold</b>", "<p class=\"a\">text</p>", "<a href=\"/home\">home</a>", "<a href='https://example.org/?on=1'>x</a>", "<br/>", "</p>",
      "<img alt=\"on the way\" src=\"/a.png\">", "<img src=\"data:image/png;base64,AAAA\">", "<anna@example.org>", "<3 <3", "->", "<-",
      "<!-- note -->",
      "if (a < b && c > d) { x = 1 }", "Fish & Chips", "\"quoted\" and 'quoted'", "{\"onerror\":1}", "width: 10px; height=5",
      "L'été = chaud",
    ])
  func textIsNoScript(_ text: String) { #expect(!isFound(text), "\(text)") }

  @Test func everyPrefixIsReadWithoutACrash() {
    let text = Array("<!--[x<a/b='c' d=\"e\" =f g=&#x41;&#0;&colon; </h i=j><?k><!`l`></m\0n o=p:&".utf8)
    var count = 0
    for end in text.indices {
      _ = text[..<end].withUnsafeBufferPointer { CrossSiteScriptingDetector.detect($0) }
      count += 1
    }
    #expect(count == text.count)
  }
}

/// Names of tags and attributes by what they can do.
enum HTMLWords {
  enum Tag: Sendable {
    /// Runs or loads something by standing there.
    case dangerous
  }

  enum Attribute: Sendable {
    /// Runs its value when something happens.
    case event
    /// Dangerous with any value.
    case dangerous
    /// Dangerous if its value is style that does more than show.
    case style
    /// Dangerous if its value is an address that runs.
    case address
  }

  static let tags = WordTable<Tag>([
    (
      .dangerous,
      "animate applet audio base bgsound comment embed frame frameset handler iframe ilayer import isindex layer link listener math meta noembed "
        + "noscript object script set style svg vmlframe xml xmp xss"
    )
  ])

  /// Events are listed for values that bring no tag of their own: `onsale=5` in a text is none. In a tag, `on` and letters are enough.
  static let attributes = WordTable<Attribute>([
    (.style, "style"),
    (.dangerous, "dataformatas datasrc formaction srcdoc xlink:href xmlns"),
    (
      .address,
      "action background by codebase data dynsrc filter folder from handler href lowsrc manifest poster src to values"
    ),
    (
      .event,
      "onabort onactivate onafterprint onafterscriptexecute onafterupdate onanimationcancel onanimationend onanimationiteration onanimationstart "
        + "onauxclick onbeforeactivate onbeforecopy onbeforecut onbeforedeactivate onbeforeeditfocus onbeforeinput onbeforematch onbeforepaste "
        + "onbeforeprint onbeforescriptexecute onbeforetoggle onbeforeunload onbeforeupdate onbegin onblur onbounce oncancel oncanplay "
        + "oncanplaythrough oncellchange onchange onclick onclose oncontentvisibilityautostatechange oncontextlost oncontextmenu oncontextrestored "
        + "oncontrolselect oncopy oncuechange oncut ondataavailable ondatasetchanged ondatasetcomplete ondblclick ondeactivate ondrag ondragdrop "
        + "ondragend ondragenter ondragexit ondragleave ondragover ondragstart ondrop ondurationchange onemptied onend onended onerror onerrorupdate "
        + "onfilterchange onfinish onfocus onfocusin onfocusout onformchange onformdata onforminput onfullscreenchange onfullscreenerror "
        + "ongotpointercapture onhashchange onhelp oninput oninvalid onkeydown onkeypress onkeyup onlayoutcomplete onload onloadeddata "
        + "onloadedmetadata onloadend onloadstart onlosecapture onlostpointercapture onmediacomplete onmediaerror onmessage onmessageerror "
        + "onmousedown onmouseenter onmouseleave onmousemove onmouseout onmouseover onmouseup onmousewheel onmove onmoveend onmovestart "
        + "onmozfullscreenchange onoffline ononline onoutofsync onpagehide onpagereveal onpageshow onpageswap onpaste onpause onplay onplaying "
        + "onpointercancel onpointerdown onpointerenter onpointerleave onpointermove onpointerout onpointerover onpointerrawupdate onpointerup "
        + "onpopstate onprogress onpropertychange onratechange onreadystatechange onrejectionhandled onrepeat onreset onresize onresizeend "
        + "onresizestart onresume onreverse onrowdelete onrowenter onrowexit onrowinserted onrowsdelete onrowsenter onrowsinserted onscroll "
        + "onscrollend onscrollsnapchange onscrollsnapchanging onsearch onsecuritypolicyviolation onseek onseeked onseeking onselect "
        + "onselectionchange onselectstart onshow onslotchange onstalled onstart onstop onstorage onsubmit onsuspend onsyncrestored ontimeerror "
        + "ontimeupdate ontoggle ontouchcancel ontouchend ontouchmove ontouchstart ontrackchange ontransitioncancel ontransitionend "
        + "ontransitionrun ontransitionstart onunhandledrejection onunload onurlflip onvolumechange onwaiting onwebkitanimationend "
        + "onwebkitanimationiteration onwebkitanimationstart onwebkittransitionend onwheel onzoom"
    ),
  ])
}

import PatternScan

/// The names of Unicode properties in ECMA-262 (tables 67 to 70) in PCRE2's spelling.
enum UnicodeProperty {
  /// Long names and aliases of general categories (Unicode, PropertyValueAliases.txt).
  private static let categories: [String: String] = [
    "Cased_Letter": "L&", "LC": "L&", "Close_Punctuation": "Pe", "Connector_Punctuation": "Pc", "Control": "Cc", "cntrl": "Cc",
    "Currency_Symbol": "Sc", "Dash_Punctuation": "Pd", "Decimal_Number": "Nd", "digit": "Nd", "Enclosing_Mark": "Me",
    "Final_Punctuation": "Pf", "Format": "Cf", "Initial_Punctuation": "Pi", "Letter": "L", "Letter_Number": "Nl",
    "Line_Separator": "Zl", "Lowercase_Letter": "Ll", "Mark": "M", "Combining_Mark": "M", "Math_Symbol": "Sm",
    "Modifier_Letter": "Lm", "Modifier_Symbol": "Sk", "Nonspacing_Mark": "Mn", "Number": "N", "Open_Punctuation": "Ps", "Other": "C",
    "Other_Letter": "Lo", "Other_Number": "No", "Other_Punctuation": "Po", "Other_Symbol": "So", "Paragraph_Separator": "Zp",
    "Private_Use": "Co", "Punctuation": "P", "punct": "P", "Separator": "Z", "Space_Separator": "Zs", "Spacing_Mark": "Mc",
    "Surrogate": "Cs", "Symbol": "S", "Titlecase_Letter": "Lt", "Unassigned": "Cn", "Uppercase_Letter": "Lu",
  ]
  private static let shortCategories: Set<String> = [
    "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc",
    "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
  ]

  /// PCRE2's name, or nil if there is no such property. Begins with `^` where the complement is meant.
  static func translate(_ name: String) -> String? {
    if let mark = name.firstIndex(of: "=") {
      let value = String(name[name.index(after: mark)...])
      switch name[..<mark] {
      case "General_Category", "gc": return category(value)
      case "Script", "sc": return known("sc:" + value)
      case "Script_Extensions", "scx": return known("scx:" + value)
      default: return nil
      }
    }
    if let category = category(name) { return category }
    if name == "Assigned" { return "^Cn" }
    return known(name)
  }

  private static func category(_ name: String) -> String? { categories[name] ?? (shortCategories.contains(name) ? name : nil) }

  private static func known(_ name: String) -> String? {
    (try? RegexPattern(Array("\\p{\(name)}".utf8), options: .unicode)) == nil ? nil : name
  }
}

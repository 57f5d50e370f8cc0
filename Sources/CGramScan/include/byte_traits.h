#pragma once
#include <stddef.h>
#include <stdint.h>

/// Which kinds of bytes occur in a text; see `ByteTraits`.
enum {
  ROPELINE_UPPER = 1 << 0,
  ROPELINE_PERCENT = 1 << 1,
  ROPELINE_PLUS = 1 << 2,
  ROPELINE_AMPERSAND = 1 << 3,
  ROPELINE_BACKSLASH = 1 << 4,
  ROPELINE_HIGH = 1 << 5,
  ROPELINE_NULL = 1 << 6,
  ROPELINE_BLANK = 1 << 7,
  ROPELINE_OTHER_SPACE = 1 << 8,
  ROPELINE_COMMENT_MARK = 1 << 9,
  ROPELINE_SHELL_MARK = 1 << 10,
  ROPELINE_LOWER = 1 << 11,
  ROPELINE_DOUBLE_BLANK = 1 << 12,
  ROPELINE_PATH_MARK = 1 << 13,
  ROPELINE_BLANK_BEFORE_MARK = 1 << 14,
};

/// The traits of `text`. Linear; uses AVX2 where there is some.
uint32_t ropeline_byte_traits(const uint8_t *text, size_t count);
/// The same, byte by byte; for tests, which hold the two against each other.
uint32_t ropeline_byte_traits_plain(const uint8_t *text, size_t count);

/// Copies `text` with the 26 letters from `first` on in the other case; the compiler makes vectors of it.
void ropeline_fold(const uint8_t *text, size_t count, uint8_t first, uint8_t *out);

/// Where the first of two bytes is, or `count`.
size_t ropeline_find_either(const uint8_t *text, size_t count, uint8_t first, uint8_t second);

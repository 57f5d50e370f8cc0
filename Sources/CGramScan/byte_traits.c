#include "byte_traits.h"
#include <string.h>

// What neighbors can make: only with one of these do they matter.
enum { NEIGHBOR_MARK = 1u << 31 };

static inline uint32_t traits_of(uint8_t byte) {
  switch (byte) {
  case '%': return ROPELINE_PERCENT;
  case '+': return ROPELINE_PLUS;
  case '&': return ROPELINE_AMPERSAND;
  case '\\': return ROPELINE_BACKSLASH;
  case 0: return ROPELINE_NULL;
  case ' ': return ROPELINE_BLANK | NEIGHBOR_MARK;
  case '\t': case '\n': case '\v': case '\f': case '\r': return ROPELINE_OTHER_SPACE;
  case '*': case '#': case '-': case '<': return ROPELINE_COMMENT_MARK;
  case '"': case '\'': case '^': case ',': case ';': return ROPELINE_SHELL_MARK;
  case '.': case '/': return NEIGHBOR_MARK;
  default: break;
  }
  if ((uint8_t)(byte - 'A') < 26) return ROPELINE_UPPER;
  if ((uint8_t)(byte - 'a') < 26) return ROPELINE_LOWER;
  return byte >= 0x80 ? ROPELINE_HIGH : 0;
}

static uint32_t neighbors(const uint8_t *text, size_t from, size_t count) {
  uint32_t found = 0;
  for (size_t index = from; index < count; index++) {
    uint8_t last = text[index - 1], byte = text[index];
    if (last == ' ') {
      if (byte == ' ') found |= ROPELINE_DOUBLE_BLANK;
      if (byte == '/' || byte == '(') found |= ROPELINE_BLANK_BEFORE_MARK;
    } else if (last == '/' && (byte == '/' || byte == '.')) {
      found |= ROPELINE_PATH_MARK;
    }
  }
  return found;
}

uint32_t ropeline_byte_traits_plain(const uint8_t *text, size_t count) {
  if (count == 0) return 0;
  uint32_t found = 0;
  for (size_t index = 0; index < count; index++) found |= traits_of(text[index]);
  if (!(found & NEIGHBOR_MARK)) return found;
  return (found & ~(uint32_t)NEIGHBOR_MARK) | (text[0] == '.' ? ROPELINE_PATH_MARK : 0) | neighbors(text, 1, count);
}

#if defined(__x86_64__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2")))

// Bits of the first plane: those of `ROPELINE_...` where they fit into a byte, and three that have another place there.
enum { PLANE_MARK = 1 << 0, PLANE_COMMENT = 1 << 5, PLANE_SHELL = 1 << 6 };

AVX2 static inline __m256i eq(__m256i bytes, char byte) { return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte)); }

AVX2 static inline __m256i in_range(__m256i bytes, char first, char width) {
  __m256i offset = _mm256_sub_epi8(bytes, _mm256_set1_epi8(first));
  return _mm256_cmpeq_epi8(_mm256_min_epu8(offset, _mm256_set1_epi8(width - 1)), offset);
}

AVX2 static inline __m256i load(const uint8_t *from) { return _mm256_loadu_si256((const __m256i *)from); }

static inline uint64_t load8(const uint8_t *from) {
  uint64_t word;
  memcpy(&word, from, 8);
  return word;
}

static inline uint32_t load4(const uint8_t *from) {
  uint32_t word;
  memcpy(&word, from, 4);
  return word;
}

/// 1 to 31 bytes in a vector, some of them several times; their places do not depend on the bytes. Nothing beyond the text is read.
AVX2 static inline __m256i load_short(const uint8_t *text, size_t count) {
  if (count >= 16) {
    __m128i first = _mm_loadu_si128((const __m128i *)text), last = _mm_loadu_si128((const __m128i *)(text + count - 16));
    return _mm256_set_m128i(last, first);
  }
  uint64_t first, last;
  if (count >= 8) {
    first = load8(text);
    last = load8(text + count - 8);
  } else if (count >= 4) {
    first = (uint64_t)load4(text) << 32 | load4(text);
    last = (uint64_t)load4(text + count - 4) << 32 | load4(text + count - 4);
  } else {
    first = text[0] * 0x0101010101010101u;
    last = text[count / 2] * 0x0101010101010100u | text[count - 1];
  }
  return _mm256_broadcastsi128_si256(_mm_set_epi64x((long long)last, (long long)first));
}

/// By low nibble, for bytes whose high nibble is 2, 3 or 5.
#define TABLE(...) _mm256_broadcastsi128_si256(_mm_setr_epi8(__VA_ARGS__))

AVX2 static uint32_t traits_avx2(const uint8_t *text, size_t count) {
  const __m256i table2 = TABLE(
    (char)ROPELINE_BLANK | PLANE_MARK, 0, PLANE_SHELL, PLANE_COMMENT, 0, ROPELINE_PERCENT, ROPELINE_AMPERSAND, PLANE_SHELL, 0, 0,
    PLANE_COMMENT, ROPELINE_PLUS, PLANE_SHELL, PLANE_COMMENT, PLANE_MARK, PLANE_MARK);
  const __m256i table3 = TABLE(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, PLANE_SHELL, PLANE_COMMENT, 0, 0, 0);
  const __m256i table5 = TABLE(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ROPELINE_BACKSLASH, 0, PLANE_SHELL, 0);
  const __m256i low = _mm256_set1_epi8(0x0F), high = _mm256_set1_epi8((char)0xF0);
  __m256i plane = _mm256_setzero_si256(), any = plane, upper = plane, lower = plane, null = plane, space = plane;
  // The last step looks at some bytes a second time, which changes nothing.
  for (size_t index = 0; index < count; index += 32) {
    __m256i bytes = count - index >= 32 ? load(text + index) : count >= 32 ? load(text + count - 32) : load_short(text, count);
    __m256i column = _mm256_and_si256(bytes, low), row = _mm256_and_si256(bytes, high);
    any = _mm256_or_si256(any, bytes);
    plane = _mm256_or_si256(plane, _mm256_and_si256(_mm256_shuffle_epi8(table2, column), eq(row, 0x20)));
    plane = _mm256_or_si256(plane, _mm256_and_si256(_mm256_shuffle_epi8(table3, column), eq(row, 0x30)));
    plane = _mm256_or_si256(plane, _mm256_and_si256(_mm256_shuffle_epi8(table5, column), eq(row, 0x50)));
    upper = _mm256_or_si256(upper, in_range(bytes, 'A', 26));
    lower = _mm256_or_si256(lower, in_range(bytes, 'a', 26));
    null = _mm256_or_si256(null, eq(bytes, 0));
    space = _mm256_or_si256(space, in_range(bytes, '\t', 5));
  }
  __m128i half = _mm_or_si128(_mm256_castsi256_si128(plane), _mm256_extracti128_si256(plane, 1));
  half = _mm_or_si128(half, _mm_srli_si128(half, 8));
  uint64_t joined = (uint64_t)_mm_cvtsi128_si64(half);
  joined |= joined >> 32;
  joined |= joined >> 16;
  uint32_t first = (uint32_t)(joined | joined >> 8) & 0xFF;
  uint32_t found = first & (ROPELINE_PERCENT | ROPELINE_PLUS | ROPELINE_AMPERSAND | ROPELINE_BACKSLASH | ROPELINE_BLANK);
  if (first & PLANE_COMMENT) found |= ROPELINE_COMMENT_MARK;
  if (first & PLANE_SHELL) found |= ROPELINE_SHELL_MARK;
  if (_mm256_movemask_epi8(any)) found |= ROPELINE_HIGH;
  if (_mm256_movemask_epi8(upper)) found |= ROPELINE_UPPER;
  if (_mm256_movemask_epi8(lower)) found |= ROPELINE_LOWER;
  if (_mm256_movemask_epi8(null)) found |= ROPELINE_NULL;
  if (_mm256_movemask_epi8(space)) found |= ROPELINE_OTHER_SPACE;
  if (!(first & PLANE_MARK)) return found;
  if (text[0] == '.') found |= ROPELINE_PATH_MARK;
  __m256i blanks = _mm256_setzero_si256(), marks = blanks, paths = blanks;
  size_t pairs = count - 1;
  for (size_t index = 0; index < pairs; index += 32) {
    size_t from = pairs - index >= 32 ? index : pairs >= 32 ? pairs - 32 : 0;
    __m256i before = pairs >= 32 ? load(text + from) : load_short(text, pairs);
    __m256i bytes = pairs >= 32 ? load(text + from + 1) : load_short(text + 1, pairs);
    __m256i blank = eq(before, ' '), slash = eq(bytes, '/');
    blanks = _mm256_or_si256(blanks, _mm256_and_si256(blank, eq(bytes, ' ')));
    marks = _mm256_or_si256(marks, _mm256_and_si256(blank, _mm256_or_si256(slash, eq(bytes, '('))));
    paths = _mm256_or_si256(paths, _mm256_and_si256(eq(before, '/'), _mm256_or_si256(slash, eq(bytes, '.'))));
  }
  if (_mm256_movemask_epi8(blanks)) found |= ROPELINE_DOUBLE_BLANK;
  if (_mm256_movemask_epi8(marks)) found |= ROPELINE_BLANK_BEFORE_MARK;
  if (_mm256_movemask_epi8(paths)) found |= ROPELINE_PATH_MARK;
  return found;
}
#endif

uint32_t ropeline_byte_traits(const uint8_t *text, size_t count) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return count == 0 ? 0 : traits_avx2(text, count);
#endif
  return ropeline_byte_traits_plain(text, count);
}

void ropeline_fold(const uint8_t *text, size_t count, uint8_t first, uint8_t *out) {
  for (size_t index = 0; index < count; index++) {
    uint8_t letter = (uint8_t)(text[index] - first);
    out[index] = text[index] ^ (uint8_t)((letter < 26) << 5);
  }
}

size_t ropeline_find_either(const uint8_t *text, size_t count, uint8_t first, uint8_t second) {
  size_t index = 0;
#if defined(__x86_64__)
  // SSE2 is a part of every such processor.
  __m128i a = _mm_set1_epi8((char)first), b = _mm_set1_epi8((char)second);
  for (; index + 16 <= count; index += 16) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(text + index));
    int found = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(bytes, a), _mm_cmpeq_epi8(bytes, b)));
    if (found) return index + (size_t)__builtin_ctz((unsigned)found);
  }
#endif
  for (; index < count; index++) {
    if (text[index] == first || text[index] == second) return index;
  }
  return count;
}

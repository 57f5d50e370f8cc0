#include <stddef.h>
#include <stdint.h>

/// libFuzzer's entry for programs with a main of their own. SwiftPM names an executable's entry after its module, so libFuzzer's
/// own main is never linked.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

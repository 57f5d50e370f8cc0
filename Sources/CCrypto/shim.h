#pragma once
// The plain functions are deprecated in favor of EVP, whose search for an implementation costs a hundred times the digest of a
// short value; they are what EVP ends up calling. No secret hangs on these digests.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/md5.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

static inline void ropeline_sha1(const unsigned char *text, size_t count, unsigned char *result) {
  SHA_CTX context;
  SHA1_Init(&context);
  SHA1_Update(&context, text, count);
  SHA1_Final(result, &context);
}

static inline void ropeline_md5(const unsigned char *text, size_t count, unsigned char *result) {
  MD5_CTX context;
  MD5_Init(&context);
  MD5_Update(&context, text, count);
  MD5_Final(result, &context);
}

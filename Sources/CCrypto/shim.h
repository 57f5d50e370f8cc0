#pragma once
#include <openssl/evp.h>n#include <openssl/rand.h>

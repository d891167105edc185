#pragma once
// Marks an inner loop: one binary serves every x86-64, and the loader picks the widest of these.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define INFLATON_WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define INFLATON_WIDE
#endif

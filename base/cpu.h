/* base/cpu.h - what the processor can do that the program was not built for.
 *
 * The C library found it out when the process started. The compiler's own functions would ask the
 * processor again, at the start of every process: 10 us in a virtual machine. */
#ifndef SY_BASE_CPU_H
#define SY_BASE_CPU_H

#if defined(__x86_64__) && defined(__GNUC__)
#define SY_X86 1
#if __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#define SY_HAS_AVX2 CPU_FEATURE_ACTIVE(AVX2)
#define SY_HAS_BMI2 CPU_FEATURE_ACTIVE(BMI2)
#else
#define SY_HAS_AVX2 __builtin_cpu_supports("avx2")
#define SY_HAS_BMI2 __builtin_cpu_supports("bmi2")
#endif
#endif

#endif

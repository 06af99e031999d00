/* ext/wasm/include/setjmp.h -- a module has no second way back: an arena that runs out ends the call with a
 * trap, which the page catches and tells. */
#ifndef YH_WASM_SETJMP_H
#define YH_WASM_SETJMP_H
typedef int jmp_buf[1];
#define setjmp(buffer) ((void)sizeof(buffer), 0)
_Noreturn static inline void longjmp(jmp_buf buffer, int value)
{
    (void)buffer;
    (void)value;
    __builtin_trap();
}
#endif

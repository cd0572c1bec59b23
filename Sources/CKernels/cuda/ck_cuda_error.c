#include <stdarg.h>
#include <stdio.h>

#include "ck_cuda_driver.h"

const char *ck_cuda_error_text(const ck_cuda_error *error) { return error->text; }

int32_t ck_cuda_fail(ck_cuda_error *error, ck_cuda_problem problem, const char *format, ...) {
    error->problem = problem;
    error->code = 0;
    error->sticky = 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return 0;
}

// After these the driver answers every call on the context with the same error, until the process ends.
static int32_t is_sticky(int code) {
    switch (code) {
    case CK_CUDA_ERROR_ECC_UNCORRECTABLE:
    case CK_CUDA_ERROR_NVLINK_UNCORRECTABLE:
    case CK_CUDA_ERROR_ILLEGAL_ADDRESS:
    case CK_CUDA_ERROR_LAUNCH_TIMEOUT:
    case CK_CUDA_ERROR_CONTEXT_IS_DESTROYED:
    case CK_CUDA_ERROR_ASSERT:
    case CK_CUDA_ERROR_HARDWARE_STACK_ERROR:
    case CK_CUDA_ERROR_ILLEGAL_INSTRUCTION:
    case CK_CUDA_ERROR_MISALIGNED_ADDRESS:
    case CK_CUDA_ERROR_INVALID_ADDRESS_SPACE:
    case CK_CUDA_ERROR_INVALID_PC:
    case CK_CUDA_ERROR_LAUNCH_FAILED:
    case CK_CUDA_ERROR_UNKNOWN:
        return 1;
    default:
        return 0;
    }
}

int32_t ck_cuda_check(const ck_cuda_driver *driver, int code, const char *call, ck_cuda_error *error) {
    if (code == CK_CUDA_SUCCESS) return 1;
    const char *name = NULL, *text = NULL;
    if (driver->get_error_name(code, &name) != CK_CUDA_SUCCESS || name == NULL) name = "an error without a name";
    if (driver->get_error_string(code, &text) != CK_CUDA_SUCCESS || text == NULL) text = "no description";
    ck_cuda_fail(error, code == CK_CUDA_ERROR_OUT_OF_MEMORY ? CK_CUDA_OUT_OF_MEMORY : CK_CUDA_CALL_FAILED,
                 "%s: %s (%d): %s", call, name, code, text);
    error->code = code;
    error->sticky = is_sticky(code);
    return 0;
}

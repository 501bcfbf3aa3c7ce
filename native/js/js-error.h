#pragma once

#include "../error.h"

#include <napi.h>

#include <exception>

namespace iprm {

/// What was thrown, with a code.
Error toError(const std::exception_ptr& thrown);

/// An Error as JavaScript sees it, with its `code`.
Napi::Value toJsError(Napi::Env env, const Error& error);

/// Calls what JavaScript has called: whatever it throws becomes a JavaScript error with a `code`. Any other
/// exception would end the process, since it can't go through Node's frames.
template <typename Call>
auto guarded(Napi::Env env, Call call) -> decltype(call()) {
    try {
        return call();
    } catch (const Napi::Error&) {
        throw;
    } catch (...) {
        throw Napi::Error(env, toJsError(env, toError(std::current_exception())));
    }
}

} // namespace iprm

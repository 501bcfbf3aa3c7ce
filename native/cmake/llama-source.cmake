# Checks the llama.cpp release out of the bundle inside the pinned node-llama-cpp package: the headers that the addon
# is compiled against are those of the libraries that it will load. Sets IPRM_LLAMA_SOURCE, IPRM_LLAMA_VERSION and
# IPRM_NODE_ADDON_API.

find_package(Git QUIET)
if(NOT GIT_FOUND)
  message(FATAL_ERROR "git was not found. It is needed to read the llama.cpp release inside node-llama-cpp: install "
                      "git and run the build again.")
endif()

function(iprm_node_expression expression result)
  execute_process(COMMAND node -p "${expression}" WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
                  OUTPUT_VARIABLE output OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "Could not evaluate ${expression} with node: run npm install first.")
  endif()
  file(TO_CMAKE_PATH "${output}" output)
  set(${result} "${output}" PARENT_SCOPE)
endfunction()

iprm_node_expression("require('node-addon-api').include_dir" IPRM_NODE_ADDON_API)
iprm_node_expression(
  "require('path').join(require('path').dirname(require.resolve('node-llama-cpp')), '..', 'llama', 'gitRelease.bundle')"
  IPRM_LLAMA_BUNDLE)

get_filename_component(IPRM_NODE_ADDON_API ${IPRM_NODE_ADDON_API} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
set(IPRM_LLAMA_SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/build/llama.cpp)

file(TIMESTAMP ${IPRM_LLAMA_BUNDLE} IPRM_BUNDLE_TIME)
file(SIZE ${IPRM_LLAMA_BUNDLE} IPRM_BUNDLE_SIZE)
set(IPRM_BUNDLE_STAMP "${IPRM_BUNDLE_SIZE} ${IPRM_BUNDLE_TIME}")
set(IPRM_STAMP_FILE ${IPRM_LLAMA_SOURCE}/.implicit-prm-stamp)
if(EXISTS ${IPRM_STAMP_FILE})
  file(READ ${IPRM_STAMP_FILE} IPRM_CHECKED_OUT)
endif()
if(NOT IPRM_CHECKED_OUT STREQUAL IPRM_BUNDLE_STAMP)
  message(STATUS "Checking llama.cpp out of ${IPRM_LLAMA_BUNDLE}")
  file(REMOVE_RECURSE ${IPRM_LLAMA_SOURCE})
  execute_process(COMMAND ${GIT_EXECUTABLE} -c advice.detachedHead=false clone --quiet ${IPRM_LLAMA_BUNDLE}
                          ${IPRM_LLAMA_SOURCE} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "git could not read ${IPRM_LLAMA_BUNDLE}: reinstall node-llama-cpp.")
  endif()
  file(WRITE ${IPRM_STAMP_FILE} "${IPRM_BUNDLE_STAMP}")
endif()

file(STRINGS ${IPRM_LLAMA_SOURCE}/CMakeLists.txt IPRM_VERSION_LINES REGEX "set\\(LLAMA_VERSION_(MAJOR|MINOR|PATCH)")
string(REGEX MATCHALL "[0-9]+" IPRM_VERSION_NUMBERS "${IPRM_VERSION_LINES}")
string(REPLACE ";" "." IPRM_LLAMA_VERSION "${IPRM_VERSION_NUMBERS}")
if(NOT IPRM_LLAMA_VERSION MATCHES "^[0-9]+\\.[0-9]+\\.[0-9]+$")
  message(FATAL_ERROR "No llama.cpp version found in ${IPRM_LLAMA_SOURCE}/CMakeLists.txt")
endif()
message(STATUS "llama.cpp ${IPRM_LLAMA_VERSION}")

# One target a layer, linking only what it may see.
include(CheckCCompilerFlag)
add_library(mt_flags INTERFACE)
target_compile_options(mt_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla -Wstrict-prototypes
                       -Wmissing-prototypes $<$<BOOL:${MT_WERROR}>:-Werror>)
# Messages name a place in the sources, not where somebody built them. Macros only: debuggers and gcov go by the whole path.
target_compile_options(mt_flags INTERFACE -fmacro-prefix-map=${CMAKE_SOURCE_DIR}/=)
target_compile_definitions(mt_flags INTERFACE _POSIX_C_SOURCE=200809L _DEFAULT_SOURCE MT_VERSION="${PROJECT_VERSION}")
target_include_directories(mt_flags INTERFACE ${CMAKE_SOURCE_DIR}/include)
if(MT_SANITIZE)
  target_compile_options(mt_flags INTERFACE -fsanitize=${MT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(mt_flags INTERFACE -fsanitize=${MT_SANITIZE})
elseif(CMAKE_BUILD_TYPE MATCHES "Rel")
  target_compile_options(mt_flags INTERFACE -fstack-protector-strong -fstack-clash-protection -fPIE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  target_link_options(mt_flags INTERFACE -pie -Wl,-z,relro,-z,now)
endif()

# mt_layer(NAME SOURCES … LINKS layers and libraries its headers show … PRIVATE libraries only its sources see …)
function(mt_layer name)
  cmake_parse_arguments(L "" "" "SOURCES;LINKS;PRIVATE" ${ARGN})
  add_library(mt_${name} STATIC ${L_SOURCES})
  target_link_libraries(mt_${name} PUBLIC mt_flags ${L_LINKS} PRIVATE ${L_PRIVATE})
endfunction()

# mt_test(NAME label SOURCES … LINKS …): one cmocka program, one ctest.
function(mt_test name label)
  cmake_parse_arguments(T "" "TIMEOUT" "SOURCES;LINKS" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
  endif()
  add_executable(${name} ${T_SOURCES})
  target_link_libraries(${name} PRIVATE mt_flags ${T_LINKS} PkgConfig::CMOCKA)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT ${T_TIMEOUT})
endfunction()

# What a test needs that uses PostgreSQL: the run's cluster. Skipped, and said so, where there is none.
function(mt_test_uses_postgres name)
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 FIXTURES_REQUIRED postgres
                       ENVIRONMENT MEDTERM_TEST_POSTGRES=${CMAKE_BINARY_DIR}/tests/postgres)
endfunction()

# mt_test_postgres(NAME label): the test program NAME once more, as NAME_pg, told by its first word to use PostgreSQL.
function(mt_test_postgres name label)
  cmake_parse_arguments(T "" "TIMEOUT" "" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 180)
  endif()
  add_test(NAME ${name}_pg COMMAND ${name} postgres)
  set_tests_properties(${name}_pg PROPERTIES LABELS ${label} TIMEOUT ${T_TIMEOUT})
  mt_test_uses_postgres(${name}_pg)
endfunction()

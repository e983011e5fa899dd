# A file as constants of C: cmake -DIN=openapi.json -DOUT=openapi_text.c -P EmbedText.cmake. The tag is the start of its hash, so that
# whoever holds a copy can ask whether it is still this one.
cmake_path(GET OUT STEM stem)
file(READ "${IN}" hex HEX)
file(SHA256 "${IN}" hash)
string(SUBSTRING "${hash}" 0 16 tag)
string(LENGTH "${hex}" digits)
math(EXPR size "${digits} / 2")
string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
file(WRITE "${OUT}" "#include \"${stem}.h\"\n\nconst char ${stem}_etag[] = \"\\\"${tag}\\\"\";\nconst unsigned char ${stem}[] = {${bytes}};\n"
     "const size_t ${stem}_size = ${size};\n")

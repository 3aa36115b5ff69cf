// SPDX-License-Identifier: MIT
// The yardstick: read a log and do nothing but JSON.parse each of its lines.
const { readFileSync } = require('node:fs');
const bytes = readFileSync(process.argv[2]);
let begin = 0;
while (begin < bytes.length) {
    let end = bytes.indexOf(10, begin);
    if (end < 0) end = bytes.length;
    JSON.parse(bytes.toString('utf8', begin, end));
    begin = end + 1;
}

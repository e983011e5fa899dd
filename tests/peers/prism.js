// prism's own command line (`prism proxy --errors`) in front of a service, in one process that ends with its parent's signal: says
// "listening on URL" once it is ready, and writes what it prints to a log.
// usage: node prism.js FOLDER DOCUMENT LOG UPSTREAM PORT
'use strict';
const fs = require('fs');
const http = require('http');
const path = require('path');

const [folder, doc, log, upstream, port] = process.argv.slice(2);
const say = process.stdout.write.bind(process.stdout);
let ready = false;

process.stdout.write = (chunk, ...rest) => {
    const text = chunk.toString();
    fs.appendFileSync(log, text);
    const found = ready ? null : /Prism is listening on (http:\/\/[0-9.:]+)/.exec(text);
    if (found) {
        ready = true;
        say(`listening on ${found[1]}\n`);
    }
    const done = rest.find((x) => typeof x === 'function');
    if (done) done();
    return true;
};

// What is wrong stands in prism's own answers only.
const end = http.ServerResponse.prototype.end;
http.ServerResponse.prototype.end = function (chunk, ...rest) {
    const text = chunk ? chunk.toString() : '';
    if (text.includes('"type":"FetchError"')) { // the service was killed: its callers lose their connections as they would without prism
        this.destroy();
        return this;
    }
    if (text.includes('stoplight.io/prism/errors'))
        fs.appendFileSync(log, `Violation: ${this.req.method} ${this.req.url} ${text}\n`);
    return end.call(this, chunk, ...rest);
};

const cli = path.join(folder, 'node_modules/@stoplight/prism-cli/dist/index.js');
process.argv = [process.argv[0], cli, 'proxy', doc, upstream, '--port', port, '--host', '127.0.0.1', '--errors', '--cors', 'false'];
process.env.NO_COLOR = '1';
require(cli);

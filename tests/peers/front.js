// Stands between the generator and the service. It passes on what it gets, but for what a schema can't say: what only a till's or an
// order's history can know, a key that was not used yet, and that no two lines are about the same goods. It remembers every answer that
// says the service failed.
'use strict';
const http = require('http');
const { randomUUID } = require('crypto');
const { KIND_PATH } = require('./runs');

const is_uuid = (text) => typeof text === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

function read(bytes) {
    try {
        return JSON.parse(bytes.toString());
    } catch {
        return undefined; // generated to be wrong
    }
}

function is_acked(acked) {
    return Number.isSafeInteger(acked?.register_seq) && acked.register_seq >= 0 && is_uuid(acked.op_id) &&
        ['string', 'undefined', 'object'].includes(typeof acked.epoch);
}

// Generated lists are of one make, so the first line says all.
function one_line(bytes) {
    const sent = read(bytes);
    if (!Array.isArray(sent?.lines) || sent.lines.length < 2)
        return bytes;
    return Buffer.from(JSON.stringify({ ...sent, lines: sent.lines.slice(0, 1) }));
}

class Front {
    constructor() {
        this.faults = [];
        this.keys = new Set();
        this.refusals = new Map(); // what was refused, and how often: where to look when a run fails
        this.server = http.createServer((request, response) => {
            this.pass(request, response).catch((e) => {
                this.faults.push(`${request.method} ${request.url}: ${e.message}`);
                response.destroy();
            });
        });
    }

    open(shop) {
        this.shop = shop;
        this.agent = new http.Agent({ keepAlive: false });
        return new Promise((resolve) => this.server.listen(0, '127.0.0.1', () => {
            this.url = `http://127.0.0.1:${this.server.address().port}`;
            resolve();
        }));
    }

    close() {
        this.server.closeAllConnections();
        return new Promise((resolve) => this.server.close(resolve));
    }

    // A batch that reads as one, of this till, gets its numbers; one that does not goes on as it is.
    lane(bytes) {
        const push = read(bytes);
        const whole = push?.instance_id === this.shop.instance && Array.isArray(push.operations) &&
            push.operations.every((op) => is_uuid(op?.op_id) && Number.isSafeInteger(op.register_seq) && op.register_seq >= 1);
        if (!whole)
            return bytes;
        if (is_acked(push.acked))
            delete push.acked; // what a till has acknowledged is part of its history
        return JSON.stringify(this.shop.numbered(push));
    }

    note(refusal) {
        this.refusals.set(refusal, (this.refusals.get(refusal) ?? 0) + 1);
    }

    async pass(request, response) {
        const pieces = [];
        for await (const piece of request)
            pieces.push(piece);
        let body = Buffer.concat(pieces);
        const headers = { ...request.headers };
        const key = headers['idempotency-key'];
        if (key && this.keys.has(key))
            headers['idempotency-key'] = randomUUID();
        this.keys.add(key);
        let target = request.url.startsWith(KIND_PATH) ? '/v1/operations' : request.url;
        const push = request.method === 'POST' && target === '/v1/operations';
        if (push) {
            body = Buffer.from(this.lane(body));
            headers['content-length'] = String(body.length);
            delete headers['transfer-encoding'];
            delete headers['accept-encoding'];
        }
        if (request.method === 'POST')
            target = await this.shop.prepared(target, read(body));
        if (!push) {
            body = one_line(body);
            if (headers['content-length'])
                headers['content-length'] = String(body.length);
        }
        const answer = await new Promise((resolve, reject) => {
            const onward = http.request(this.shop.url + target, { method: request.method, headers, agent: this.agent }, resolve);
            onward.on('error', reject);
            onward.end(body);
        });
        if (answer.statusCode >= 500)
            this.faults.push(`${request.method} ${request.url}: ${answer.statusCode}`);
        const back = [];
        for await (const piece of answer)
            back.push(piece);
        if (push && answer.statusCode === 200)
            this.shop.answered(JSON.parse(Buffer.concat(back).toString()));
        if (answer.statusCode >= 400)
            this.note(`${request.method} ${target.split('?')[0]}: ${answer.statusCode} ${read(Buffer.concat(back))?.detail}`);
        response.writeHead(answer.statusCode, answer.headers);
        response.end(Buffer.concat(back));
    }
}

module.exports = { Front };

// Stands between the generator and the service. It passes on what it gets, but for what only a till or an order's history can know,
// and remembers every answer that says the service failed.
'use strict';
const http = require('http');
const { KIND_PATH } = require('./runs');

class Front {
    constructor() {
        this.faults = [];
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
        let push;
        try {
            push = JSON.parse(bytes);
        } catch {
            return bytes;
        }
        const whole = push?.instance_id === this.shop.instance && Array.isArray(push.operations) &&
            push.operations.every((op) => op?.op_id && Number.isInteger(op.register_seq));
        if (!whole)
            return bytes;
        delete push.acked; // what a till has acknowledged is part of its history
        return JSON.stringify(this.shop.numbered(push));
    }

    async pass(request, response) {
        const pieces = [];
        for await (const piece of request)
            pieces.push(piece);
        let body = Buffer.concat(pieces);
        const headers = { ...request.headers };
        const target = request.url.startsWith(KIND_PATH) ? '/v1/operations' : request.url;
        const push = request.method === 'POST' && target === '/v1/operations';
        if (push) {
            body = Buffer.from(this.lane(body.toString()));
            headers['content-length'] = String(body.length);
            delete headers['transfer-encoding'];
            delete headers['accept-encoding'];
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
        response.writeHead(answer.statusCode, answer.headers);
        response.end(Buffer.concat(back));
    }
}

module.exports = { Front };

// A pharmacy for the generated requests: a store with a catalogue, tills, clients of the API, and some orders.
'use strict';
const { spawn, execFileSync } = require('child_process');
const path = require('path');
const readline = require('readline');
const { randomUUID } = require('crypto');

const INSTANCE = '7'.repeat(64);

class Shop {
    constructor(medtermd, dir) {
        this.medtermd = medtermd;
        this.log = path.join(dir, 'medtermd.log');
        this.db = `sqlite://${path.join(dir, 'medtermd.db')}`;
        this.instance = INSTANCE;
        this.tokens = {};
        this.seq = 0;
    }

    admin(...words) {
        return JSON.parse(execFileSync(this.medtermd, [...words, '--db', this.db, '--json'], { env: { ...process.env, MEDTERM_PIN: '2580' } }));
    }

    async serve() {
        this.child = spawn(this.medtermd, ['serve', '--listen', '127.0.0.1:0', '--db', this.db, '--log', this.log],
                           { stdio: ['ignore', 'pipe', 'inherit'] });
        this.ended = new Promise((resolve) => this.child.on('close', resolve));
        for await (const line of readline.createInterface({ input: this.child.stdout })) {
            this.url = /^listening on (http:\S+)$/.exec(line)?.[1];
            break;
        }
        if (!this.url)
            throw new Error('medtermd did not start');
    }

    async ask(method, target, token, body, headers = {}) {
        const answer = await fetch(this.url + target, {
            method,
            headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': 'application/json' }), ...headers },
            body: body && JSON.stringify(body),
        });
        const json = await answer.json();
        if (!answer.ok)
            throw new Error(`${method} ${target}: ${answer.status} ${JSON.stringify(json)}`);
        return json;
    }

    async open(catalogue, contract) {
        this.kinds = Object.keys(contract.components.schemas.Operation.discriminator.mapping);
        await this.serve();
        this.store = this.admin('store', 'add', '--name', 'Riverside').store_id;
        this.staff = this.admin('staff', 'add', '--store', this.store, '--name', 'Chen Mei', '--role', 'manager').staff_id;
        this.tokens.client = this.admin('client', 'add', '--store', this.store, '--role', 'manager').token;
        this.admin('catalogue', 'import', catalogue, '--store', this.store);
        this.tokens.till = (await this.enrol('A03')).token;
        this.spare_code = this.admin('register', 'add', '--store', this.store, '--code', 'A04').enrolment_code;
        const { changes } = await this.ask('GET', '/v1/changes?limit=1000', this.tokens.till);
        this.drug = changes.find((c) => c.entity === 'drug' && c.data.rx === 'none' && c.data.sellable && c.data.price > 0).data;
        for (let i = 0; i < 50; i++)
            await this.receive('PLENTY', 1000000);
        this.aside = 'ASIDE';
        await this.receive(this.aside, 1);
        for (let i = 0; i < 3; i++)
            this.order = await this.sell();
        this.payment_id = this.order.payments[0].payment_id;
        this.user_id = (await this.write('/v1/users', { name: 'Wu Min', phone: '13800000000' })).user_id;
        this.exception_id = (await this.sell(this.drug.price + 1)).exceptions[0];
        this.orders_cursor = (await this.ask('GET', '/v1/orders?limit=1', this.tokens.client)).next_cursor;
    }

    async enrol(code) {
        const words = this.admin('register', 'add', '--store', this.store, '--code', code);
        return this.ask('POST', '/v1/enrolments', null, { code: words.enrolment_code, instance_id: INSTANCE });
    }

    write(target, body) {
        return this.ask('POST', target, this.tokens.client, body, { 'idempotency-key': randomUUID() });
    }

    receive(lot_no, quantity) {
        return this.write('/v1/stock/receipts', { lines: [{ drug_id: this.drug.drug_id, lot_no, expires_on: '2099-12-31', quantity }] });
    }

    // A sale for cash of one pack, as a till sends it; the order, paid and on the board. Another price opens an exception.
    async sell(price = this.drug.price) {
        const at = new Date().toISOString();
        const body = {
            items: [{ drug_id: this.drug.drug_id, quantity: 1, price }],
            payments: [{ payment_id: randomUUID(), method: 'cash', amount: price }],
        };
        const push = { instance_id: INSTANCE, sent_at: at, operations: [{ kind: 'order.create', at, body }] };
        const answer = await this.ask('POST', '/v1/operations', this.tokens.till, this.numbered(push));
        const { results } = answer;
        this.answered(answer);
        if (results[0].outcome !== 'applied')
            throw new Error(JSON.stringify(results[0]));
        return results[0].result;
    }

    async sold_up_to(status) {
        const steps = ['preparing', 'shipped', 'completed'];
        let order = await this.sell();
        for (const to of steps.slice(0, steps.indexOf(status) + 1))
            order = await this.write(`/v1/orders/${order.order_no}/status`, { to });
        return order;
    }

    // The address with a fresh order, payment or exception in place of the sample, in the state that what follows needs.
    async prepared(target, body) {
        const [, , what, name, deed] = target.split('/');
        const sample = { orders: this.order.order_no, payments: this.payment_id, exceptions: this.exception_id }[what];
        if (!deed || name !== sample)
            return target;
        const before = { shipped: 'preparing', completed: 'shipped' };
        const make = {
            cancel: async () => (await this.unpaid()).order_no,
            payments: async () => (await this.unpaid()).order_no,
            status: async () => (await this.sold_up_to(before[body?.to])).order_no,
            returns: async () => (await this.sold_up_to('completed')).order_no,
            refunds: async () => (await this.sell()).payments[0].payment_id,
            resolve: async () => (await this.sell(this.drug.price + 1)).exceptions[0],
        }[deed];
        return make ? `/v1/${what}/${await make()}/${deed}` : target;
    }

    unpaid() {
        return this.write('/v1/orders', { items: [{ drug_id: this.drug.drug_id, quantity: 1, price: this.drug.price }] });
    }

    // The operations get the sequences, ids and numbers that a till would give them now; whoever sends them tells `answered` what came back.
    numbered(push) {
        push.operations.forEach((op, i) => {
            Object.assign(op, { op_id: randomUUID(), register_seq: this.seq + 1 + i });
            if (op.kind === 'order.create')
                Object.assign(op.body, { order_id: randomUUID(), order_no: `A03-${String(this.seq + 1 + i).padStart(6, '0')}` });
        });
        return push;
    }

    answered(answer) {
        this.seq = answer.last_seq ?? this.seq;
    }

    async close() {
        this.child.kill('SIGTERM');
        const code = await this.ended;
        if (code !== 0)
            throw new Error(`medtermd ended with ${code}`);
    }

    kill() {
        this.child?.kill('SIGKILL');
    }
}

module.exports = { Shop };

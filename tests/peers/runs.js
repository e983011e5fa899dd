// What is tried: parts of the contract, with the words that the seeded service knows. `words` is specmatic's dictionary; `part` takes away
// what another run tries; `as` is who asks.
'use strict';

const KIND_PATH = '/v1/operations/of/';

const parameters = (path, method, names) => (contract) => {
    const op = contract.paths[path][method];
    op.parameters = op.parameters.filter((p) => names.includes(p.name ?? p.$ref.split('/').pop()));
    return contract;
};

const at_rest = (shop) => ({
    PARAMETERS: {
        PATH: { order_no: shop.order.order_no, drug_id: shop.drug.drug_id },
        QUERY: { store_id: shop.store, created_from: '2026-01-01', created_to: '2099-01-01T00:00:00Z', wait: 0 },
    },
});

const with_cursor = (cursor) => (shop) => {
    const words = at_rest(shop);
    words.PARAMETERS.QUERY.cursor = cursor(shop);
    return words;
};

// Of operations only what surrounds them is tried with faults: what is wrong inside one is its own outcome, answered 200.
const envelope = (contract) => {
    contract.components.schemas.Push.properties.operations.maxItems = 0;
    return contract;
};

// A path for each kind, so that each gets its share of the combinations; the front leads them all to the one route. What the
// envelope's run has tried already is left out.
const each_kind = (contract) => {
    const { schemas } = contract.components;
    const post = contract.paths['/v1/operations'].post;
    contract.paths = {};
    for (const [kind, ref] of Object.entries(schemas.Operation.discriminator.mapping)) {
        const push = structuredClone(schemas.Push);
        delete push.properties.acked;
        const { properties } = schemas[ref.split('/').pop()];
        delete properties.prior;
        delete properties.fact; // one that contradicts the kind is its own outcome, always the same
        push.properties.operations.items = { $ref: ref };
        schemas[`PushOf.${kind}`] = push;
        const mine = structuredClone(post);
        mine.operationId = kind;
        mine.requestBody.content['application/json'] = { schema: { $ref: `#/components/schemas/PushOf.${kind}` } };
        contract.paths[KIND_PATH + kind] = { post: mine };
    }
    return contract;
};

const lane = (shop) => {
    const { drug_id, price } = shop.drug;
    const order = { order_id: shop.order.order_id, order_no: shop.order.order_no };
    return {
        ...Object.fromEntries(['', ...shop.kinds.map((kind) => `Of.${kind}`)].map((of) => [`Push${of}`, { instance_id: shop.instance }])),
        NewItem: { drug_id, price }, ReceiptLine: { drug_id }, AdjustmentLine: { drug_id },
        CountLine: { drug_id }, OrderAdvanceBody: order, OrderCancelBody: order, PaymentRecordBody: order, ReturnRecordBody: order,
    };
};

function runs() {
    return [
        { name: 'reads', words: at_rest,
          paths: ['/v1/orders/{order_no}', '/v1/orders/{order_no}/events', '/v1/drugs/{drug_id}', '/v1/drugs/{drug_id}/stock', '/v1/exceptions',
                  '/livez', '/readyz', '/metrics'] }, // specmatic can't judge an answer that is a contract itself: not /openapi.json
        { name: 'changes', words: with_cursor(() => ''), paths: ['/v1/changes'] },
        { name: 'orders_by_whom', words: at_rest, paths: ['/v1/orders'],
          part: parameters('/v1/orders', 'get', ['status', 'user_id', 'user_phone', 'store_id', 'register']) },
        { name: 'orders_by_when', words: with_cursor((shop) => shop.orders_cursor), paths: ['/v1/orders'],
          part: parameters('/v1/orders', 'get', ['q', 'created_from', 'created_to', 'limit', 'cursor']) },
        { name: 'enrolment', paths: ['/v1/enrolments'],
          words: (shop) => ({ EnrolmentRequest: { code: shop.spare_code, instance_id: shop.instance } }) },
        { name: 'register', as: 'till', paths: ['/v1/register'] },
        { name: 'envelope', as: 'till', words: lane, part: envelope, paths: ['/v1/operations'] },
        { name: 'kinds', as: 'till', words: lane, part: each_kind, only: 'positiveOnly', combinations: 12 },
    ];
}

module.exports = { runs, KIND_PATH };

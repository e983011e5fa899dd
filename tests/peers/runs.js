// What is tried: parts of the contract, with the words that the seeded service knows. `words` is specmatic's dictionary; `part` takes away
// what another run tries; `as` is who asks.
'use strict';

const KIND_PATH = '/v1/operations/of/';

const parameters = (path, method, names) => (contract) => {
    delete contract.paths[path].post;
    const op = contract.paths[path][method];
    op.parameters = op.parameters.filter((p) => names.includes(p.name ?? p.$ref.split('/').pop()));
    return contract;
};

// specmatic makes a text that breaks a pattern by adding '_' to one that fits, which an id or a key may hold, and tries the longest ids
// where only known ones are of use. Their own rules are tried by the unit tests; here they are texts.
const generable = (contract) => {
    contract.components.schemas.Id = { type: 'string' };
    contract.components.schemas.MaybeId = { type: ['string', 'null'] };
    contract.components.parameters.key.schema = { type: 'string' };
    return contract;
};

const at_rest = (shop) => ({
    PARAMETERS: {
        PATH: { order_no: shop.order.order_no, drug_id: shop.drug.drug_id, payment_id: shop.payment_id,
                exception_id: shop.exception_id, user_id: shop.user_id },
        HEADER: { 'If-Match': '*' },
        QUERY: {
            store_id: shop.store, created_from: '2026-01-01', created_to: '2099-01-01T00:00:00Z', wait: 0, cursor: '', from: '2026-01-01',
            to: '2026-12-31',
        },
    },
});

const with_cursor = (cursor) => (shop) => {
    const words = at_rest(shop);
    words.PARAMETERS.QUERY.cursor = cursor(shop);
    return words;
};

// Of operations only what surrounds them is tried with faults, and the two fields that a result is answered to: what else is wrong
// inside one is its own outcome, answered 200.
const envelope = (contract) => {
    const { schemas } = contract.components;
    const { op_id, register_seq } = schemas.VoidOperation.properties;
    schemas.Operation = { type: 'object', required: ['op_id', 'register_seq'], properties: { op_id, register_seq } };
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

const without_writes = (contract) => {
    for (const path of Object.values(contract.paths))
        if (path.get)
            delete path.post;
    return contract;
};

// What a request may say depends on the order it is about: there is one line of one pack at the drug's price. Fields whose rule looks at
// another field (cash handed over and due, a discount and its lines, packs and their quantity) are left out.
const as_it_stands = (contract, shop) => {
    const { schemas } = contract.components;
    const { price } = shop.drug;
    const just = (number) => ({ type: 'integer', enum: [number] });
    for (const path of ['/v1/orders', '/v1/users'])
        delete contract.paths[path].get;
    delete schemas.NewOrder.properties.discount_amount;
    delete schemas.NewItem.properties.packs;
    delete schemas.CashTaken.properties.tendered;
    delete schemas.ReturnLine.properties.lot_no;
    schemas.NewItem.properties.price = just(price);
    delete schemas.NewStatus.properties.if_version;
    delete schemas.Cancellation.properties.if_version;
    schemas.NewRefund.properties.amount = { type: 'integer', minimum: 1, maximum: price };
    for (const schema of ['RefundLine', 'ReturnLine'])
        Object.assign(schemas[schema].properties, { line: just(1), quantity: just(1) });
    schemas.PaymentAsked.oneOf.pop(); // no provider is set up
    schemas.Resolution.properties.action = { type: 'string', enum: ['settled'] };
    schemas.AdjustmentLine.properties.change = { type: 'integer', minimum: 1, maximum: 1000000 }; // of a lot that may be new
    schemas.LotQuarantineBody.properties.lot_no = { type: 'string', enum: [shop.aside] };
    return contract;
};

const goods = (shop) => ({
    ...at_rest(shop),
    ...Object.fromEntries(['NewItem', 'ReceiptLine', 'AdjustmentLine', 'CountLine', 'LotRecallBody', 'LotQuarantineBody']
        .map((schema) => [schema, { drug_id: shop.drug.drug_id }])),
});

const lane = (shop) => {
    const { drug_id, price } = shop.drug;
    const order = { order_id: shop.order.order_id, order_no: shop.order.order_no };
    return {
        EnrolmentRequest: { code: shop.spare_code, instance_id: shop.instance },
        ...Object.fromEntries(['', ...shop.kinds.map((kind) => `Of.${kind}`)].map((of) => [`Push${of}`, { instance_id: shop.instance }])),
        NewItem: { drug_id, price }, ReceiptLine: { drug_id }, AdjustmentLine: { drug_id },
        CountLine: { drug_id }, OrderAdvanceBody: order, OrderCancelBody: order, PaymentRecordBody: order, ReturnRecordBody: order,
    };
};

function runs() {
    return [
        { name: 'reads', words: at_rest, part: without_writes,
          paths: ['/v1/orders/{order_no}', '/v1/orders/{order_no}/events', '/v1/payments/{payment_id}', '/v1/drugs', '/v1/drugs/{drug_id}',
                  '/v1/drugs/{drug_id}/stock', '/v1/exceptions', '/v1/users', '/v1/users/{user_id}/orders', '/v1/stats', '/v1/changes', '/livez', '/readyz', '/metrics'] },
        // specmatic can't judge an answer that is a contract itself, so /openapi.json is not among them
        { name: 'writes', words: goods, part: as_it_stands,
          paths: ['/v1/orders', '/v1/orders/{order_no}/status', '/v1/orders/{order_no}/cancel', '/v1/orders/{order_no}/payments',
                  '/v1/orders/{order_no}/returns', '/v1/payments/{payment_id}/refunds', '/v1/exceptions/{exception_id}/resolve',
                  '/v1/users', '/v1/doctors', ...['receipts', 'adjustments', 'counts', 'recalls', 'quarantines'].map((what) => `/v1/stock/${what}`)] },
        { name: 'orders_by_whom', words: at_rest, paths: ['/v1/orders'],
          part: parameters('/v1/orders', 'get', ['status', 'user_id', 'user_phone', 'store_id', 'register']) },
        { name: 'orders_by_when', words: with_cursor((shop) => shop.orders_cursor), paths: ['/v1/orders'],
          part: parameters('/v1/orders', 'get', ['q', 'created_from', 'created_to', 'limit', 'cursor']) },
        { name: 'till', as: 'till', words: lane, part: envelope, paths: ['/v1/enrolments', '/v1/register', '/v1/operations'] },
        { name: 'kinds', as: 'till', words: lane, part: each_kind, only: 'positiveOnly', combinations: 8 },
    ];
}

module.exports = { runs, generable, KIND_PATH };

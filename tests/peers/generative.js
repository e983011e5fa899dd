// A real service, seeded, then specmatic against it: every request that the contract allows must be answered as it says, every
// request that it forbids must be refused as it says, and nothing may be a fault of the service.
//
// What a generator can't know is put in on the way, by a front between the two: a till's next sequence and a fresh op_id, and an order
// in the state that a route needs. All else in a request is as it was generated. The front also counts every 5xx.
//
// Each run in runs.js takes a part of the contract, because ten optional parameters have more combinations than an evening has minutes.
// usage: node generative.js FOLDER DOCUMENT MEDTERMD CATALOGUE [RUN…]
'use strict';
const { spawn, execFileSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { Front } = require('./front');
const { Shop } = require('./shop');
const { runs, generable } = require('./runs');

const [folder, document, medtermd, catalogue, ...only] = process.argv.slice(2);
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'peers-'));
const jar = path.join(folder, 'node_modules/specmatic/specmatic.jar');

function settings(run) {
    return [
        'version: 2',
        'contracts: [{provides: [contract.json]}]',
        'disable_telemetry: true',
        'test:',
        `  resiliencyTests: {enable: ${run.only || 'all'}}`,
        `  maxTestRequestCombinations: ${run.combinations || 10}`,
        ...(run.most ? [`  maxTestCount: ${run.most}`] : []),
        '  timeoutInMilliseconds: 30000',
        '',
    ].join('\n');
}

// Its exit code and everything it prints, kept in a file beside it.
function specmatic(dir, args, env) {
    return new Promise((resolve) => {
        const log = path.join(dir, 'log');
        const out = fs.openSync(log, 'w');
        const java = ['-Xmx1g', `-Duser.home=${dir}`, '-jar', jar, 'test', ...args];
        const child = spawn('java', java, { cwd: dir, env: { ...process.env, ...env }, stdio: ['ignore', out, out] });
        child.on('close', (code) => {
            fs.closeSync(out);
            resolve({ code, log: fs.readFileSync(log, 'utf8') });
        });
    });
}

function complaints(log) {
    const at = log.indexOf('Unsuccessful Scenarios');
    return (at < 0 ? log.slice(-6000) : log.slice(at, at + 6000)).replace(/\n\s*\n+/g, '\n');
}

async function judge(run, contract, shop, front) {
    const dir = path.join(work, run.name);
    fs.mkdirSync(dir);
    const whole = generable(structuredClone(contract));
    const mine = run.part ? run.part(whole, shop) : whole;
    fs.writeFileSync(path.join(dir, 'contract.json'), JSON.stringify(mine));
    fs.writeFileSync(path.join(dir, 'contract_dictionary.json'), JSON.stringify(run.words ? run.words(shop) : {}));
    fs.writeFileSync(path.join(dir, 'specmatic.yaml'), settings(run));
    const paths = (run.paths || Object.keys(mine.paths)).map((p) => `PATH='${p}'`).join(' || ');
    const began = Date.now();
    const faults = front.faults.length;
    front.refusals.clear();
    const { code, log } = await specmatic(dir, [`--testBaseURL=${front.url}`, `--filter=${paths}`],
                                          { token: shop.tokens[run.as || 'client'], SPECMATIC_DISABLE_TELEMETRY: 'true' });
    const sums = /Tests run: (\d+), Successes: (\d+), Failures: (\d+), WIP: \d+, Errors: (\d+)/.exec(log) || [];
    const good = code === 0 && Number(sums[1]) > 0 && sums[1] === sums[2] && front.faults.length === faults;
    console.log(`${run.name}: ${sums[0] || 'no tests'} in ${Math.round((Date.now() - began) / 1000)} s${good ? '' : ' FAILED'}`);
    if (!good)
        console.log(complaints(log), front.faults.slice(faults, faults + 5), [...front.refusals].map(([said, times]) => `${times} × ${said}`).slice(0, 60));
    return good;
}

async function main() {
    const shop = new Shop(medtermd, work);
    const front = new Front();
    let good = true;
    try {
        const contract = JSON.parse(fs.readFileSync(document, 'utf8'));
        await shop.open(catalogue, contract);
        await front.open(shop);
        for (const run of runs())
            if (only.length === 0 || only.includes(run.name))
                good = (await judge(run, contract, shop, front)) && good;
        await front.close();
        await shop.close();
        execFileSync(medtermd, ['check', '--db', shop.db], { stdio: 'inherit' });
    } finally {
        shop.kill();
        fs.rmSync(work, { recursive: true, force: true });
    }
    return good;
}

main().then((good) => process.exit(good ? 0 : 1), (e) => {
    console.error(e);
    process.exit(1);
});

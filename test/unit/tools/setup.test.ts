import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { TOOL_NAMES, type ToolName, type ToolStatus } from '../../../scripts/tools/find.js';
import { describeTools, type Machine, planSetup } from '../../../scripts/tools/setup/plan.js';

const READY: ToolStatus = { state: 'ready', path: '/usr/bin/tool', version: '99.0' };

function machine(lacking: Partial<Record<ToolName, ToolStatus>>, rest: Partial<Machine> = {}): Machine {
  const tools = Object.fromEntries(TOOL_NAMES.map((name) => [name, lacking[name] ?? READY]));
  return { tools: tools as Machine['tools'], data: true, managers: ['apt'], isRoot: true, hasSudo: false, ...rest };
}

const MISSING: ToolStatus = { state: 'missing' };
const OLD: ToolStatus = { state: 'old', path: '/usr/bin/yosys', version: '0.9' };

describe('the plan of a setup', () => {
  it('is to do nothing where all is there, whatever the package manager', () => {
    expect(planSetup(machine({}))).toEqual({ action: 'nothing' });
    expect(planSetup(machine({}, { managers: [] }))).toEqual({ action: 'nothing' });
  });

  it('is to install what is missing or too old, and only that', () => {
    expect(planSetup(machine({ verilator: MISSING, yosys: OLD }))).toEqual({
      action: 'install',
      commands: [
        ['apt-get', 'update'],
        ['apt-get', 'install', '-y', '--no-install-recommends', 'verilator', 'yosys'],
      ],
    });
  });

  it('is to install the images of networks with apt, and to do without them elsewhere', () => {
    const apt = planSetup(machine({}, { data: false }));
    expect(apt).toMatchObject({ action: 'install', commands: [['apt-get', 'update'], expect.anything()] });
    expect(JSON.stringify(planSetup(machine({ yosys: MISSING }, { data: false })))).toMatch(
      /"yosys","dataset-fashion-mnist"/,
    );
    expect(planSetup(machine({}, { data: false, managers: ['dnf'] }))).toEqual({ action: 'nothing' });
    expect(planSetup(machine({}, { data: false, isRoot: false }))).toEqual({ action: 'nothing' });
    const [images] = describeTools(machine({}, { data: false })).slice(-1);
    expect(images).toMatch(/--.*FASHION_MNIST/);
  });

  it('uses sudo when the user is not root, and cannot install without it', () => {
    const user = { isRoot: false, hasSudo: true };
    const plan = planSetup(machine({ 'c++': MISSING }, user));
    expect(plan).toMatchObject({ action: 'install' });
    if (plan.action === 'install') expect(plan.commands.every(([program]) => program === 'sudo')).toBe(true);
    expect(planSetup(machine({ 'c++': MISSING }, { ...user, hasSudo: false }))).toMatchObject({
      action: 'advise',
      without: undefined,
      advice: ['sudo apt-get update && sudo apt-get install -y --no-install-recommends g++'],
    });
  });

  it.each([
    ['dnf', 'sudo dnf install -y gcc-c++'],
    ['pacman', 'sudo pacman -S --needed --noconfirm gcc'],
    ['brew', 'xcode-select --install'],
  ] as const)('gives the commands of %s without running them', (manager, advice) => {
    const plan = planSetup(machine({ 'c++': MISSING }, { managers: [manager], isRoot: false, hasSudo: true }));
    expect(plan).toMatchObject({ action: 'advise', without: undefined, advice: [advice] });
  });

  it('gives the commands of all package managers where it knows none', () => {
    const plan = planSetup(machine({ iverilog: MISSING }, { managers: [] }));
    expect(plan).toMatchObject({ action: 'advise' });
    if (plan.action === 'advise') {
      expect(plan.advice).toHaveLength(4);
      expect(plan.advice).toContain('brew install icarus-verilog');
    }
  });

  it('tells a tool that speeds things up from one that is needed', () => {
    expect(planSetup(machine({ ccache: MISSING }, { managers: ['brew'] }))).toMatchObject({
      without: [expect.any(String)],
    });
    const both = machine({ ccache: MISSING, verilator: MISSING }, { managers: ['brew'] });
    expect(planSetup(both)).toMatchObject({ without: undefined });
  });

  it('says where to get a tool that there is no package of', () => {
    const plan = planSetup(machine({ opensta: MISSING, ccache: MISSING }, { managers: ['pacman'] }));
    expect(plan).toMatchObject({
      advice: [
        expect.stringMatching(
          /^sudo pacman .* ccache; OpenSTA .*https:\/\/github\.com\/The-OpenROAD-Project\/OpenSTA$/,
        ),
      ],
      without: [expect.any(String), expect.stringContaining('--sta')],
    });
    expect(planSetup(machine({ nextpnr: MISSING }, { managers: ['brew'] }))).toMatchObject({
      advice: [expect.stringMatching(/^nextpnr .*https:\/\/github\.com\/YosysHQ\/nextpnr$/)],
    });
  });

  it('says of every tool what was found', () => {
    const lines = describeTools(machine({ yosys: OLD })).join('\n');
    expect(lines).toMatch(/\/usr\/bin\/yosys .*\b0\.9\b.*\b0\.23\b/);
    expect(lines).toContain('Verilator 99.0 (/usr/bin/tool)');
  });
});

describe('npm run setup', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-setup-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function script(place: string, name: string, text: string): void {
    writeFileSync(join(place, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(place, name), 0o755);
  }

  /** A machine whose apt-get notes how it is called and "installs" the tools given. */
  function fakeMachine(installed: Readonly<Record<string, string>>): { place: string; called: () => string } {
    const place = mkdtempSync(join(folder, 'bin-'));
    const log = join(place, 'called');
    const installs = Object.entries(installed).map(
      ([tool, says]) => `printf '#!/bin/sh\\necho ${says}\\n' > ${place}/${tool}; /bin/chmod +x ${place}/${tool}`,
    );
    script(place, 'apt-get', `echo "$@" >> ${log}\n[ "$1" = install ] || exit 0\n${installs.join('\n')}`);
    script(place, 'sudo', 'exec "$@"');
    symlinkSync(process.execPath, join(place, 'node'));
    return { place, called: () => (existsSync(log) ? readFileSync(log, 'utf8') : '') };
  }

  const setup = (place: string, ...args: string[]) =>
    execa(process.execPath, ['--import', createRequire(import.meta.url).resolve('tsx'), 'scripts/setup.ts', ...args], {
      env: { PATH: place, HOME: folder },
      extendEnv: false,
      reject: false,
      all: true,
    });

  const ALL = {
    verilator: 'Verilator 5.006 2023-01-22',
    yosys: 'Yosys 0.23',
    iverilog: 'Icarus Verilog version 11.0',
    'g++': '12.2.0',
    gcc: '12.2.0',
    make: 'GNU Make 4.3',
    ccache: 'ccache version 4.7',
    'nextpnr-ice40': '"nextpnr-ice40 -- Next Generation Place and Route (Version 0.4-1+b1)"',
    icepack: 'Usage: icepack [options]',
    sta: '2.0.17',
    chromium: 'Chromium 156.0.8078.114',
    qflow: 'Qflow version 1.3 revision 17',
  };

  it('says what it runs, runs it, and does nothing the second time', async () => {
    const { place, called } = fakeMachine(ALL);
    const first = await setup(place);
    expect(first.exitCode).toBe(0);
    expect(first.all).toMatch(/:\n.*apt-get update\n.*apt-get install -y .* verilator/);
    expect(called()).toBe(
      'update\ninstall -y --no-install-recommends verilator yosys iverilog g++ gcc make ccache nextpnr-ice40 fpga-icestorm opensta chromium qflow qflow-tech-osu018\n',
    );
    const second = await setup(place);
    expect(second.exitCode).toBe(0);
    expect(called().split('\n')).toHaveLength(3);
  });

  it('runs nothing with --dry-run', async () => {
    const { place, called } = fakeMachine(ALL);
    const run = await setup(place, '--dry-run');
    expect(run.exitCode).toBe(0);
    expect(run.all).toMatch(/:\n.*apt-get update\n/);
    expect(called()).toBe('');
  });

  it('fails where the packages are too old or do not come', async () => {
    const { place } = fakeMachine({ ...ALL, verilator: 'Verilator 4.038 2020-07-11' });
    const run = await setup(place);
    expect(run.exitCode).toBe(3);
    expect(run.all).toMatch(/\b4\.038\b.*\b5\.006\b/);
  });

  it('fails where the package manager does', async () => {
    const { place } = fakeMachine(ALL);
    script(place, 'apt-get', 'echo E: no network >&2; exit 100');
    const run = await setup(place);
    expect(run.exitCode).toBe(3);
    expect(run.all).toMatch(/E: no network[\s\S]*exit code 100/);
  });

  it('refuses what it does not know', async () => {
    expect((await setup(mkdtempSync(join(folder, 'bin-')), '--nonsense')).exitCode).toBe(2);
  });
});

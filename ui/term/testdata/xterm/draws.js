// draws feeds terminals with what a painter wrote, and tells where one that lived through
// everything looks otherwise than one that was painted fresh.
async function draws(Terminal, runs) {
	const bytes = (s) => Uint8Array.from(atob(s), (c) => c.charCodeAt(0));
	const write = (terminal, s) => new Promise((done) => terminal.write(bytes(s), done));
	const open = (s) => new Terminal({ cols: s.w, rows: s.h, scrollback: 0, allowProposedApi: true });
	const look = (cell) => JSON.stringify([
		cell.getChars() || (cell.getWidth() ? ' ' : ''), cell.getWidth(), cell.getFgColorMode(), cell.getFgColor(), cell.getBgColorMode(), cell.getBgColor(),
		cell.isBold(), cell.isInverse(), cell.isUnderline(), cell.isItalic(), cell.isDim(), cell.isInvisible(),
	]);
	const rowOf = (terminal, y) => terminal.buffer.active.getLine(y).translateToString();
	const differs = (got, want, cursor) => {
		for (let y = 0; y < want.rows; y++) {
			for (let x = 0; x < want.cols; x++) {
				const [g, w] = [got, want].map((t) => look(t.buffer.active.getLine(y).getCell(x)));
				if (g !== w) {
					return `at ${x},${y} is ${g}, fresh ${w}\n${JSON.stringify(rowOf(got, y))}\n${JSON.stringify(rowOf(want, y))}`;
				}
			}
		}
		const [g, w] = [got, want].map((t) => `${t.buffer.active.cursorX},${t.buffer.active.cursorY}`);
		return cursor && g !== w ? `the cursor is at ${g}, fresh ${w}` : '';
	};
	const wrong = [];
	let painted = 0;
	for (const [r, run] of runs.entries()) {
		let terminal = null;
		for (const [i, s] of run.entries()) {
			if (!terminal) {
				terminal = open(s);
			} else if (terminal.cols !== s.w || terminal.rows !== s.h) {
				terminal.resize(s.w, s.h);
			}
			await write(terminal, s.sent);
			const fresh = open(s);
			await write(fresh, s.fresh);
			const where = differs(terminal, fresh, s.cursor);
			painted += rowOf(fresh, 0).trim() ? 1 : 0;
			fresh.dispose();
			if (where) {
				wrong.push(`run ${r}, frame ${i}: ${where}`);
				break;
			}
		}
		terminal.dispose();
	}
	return { painted, wrong };
}

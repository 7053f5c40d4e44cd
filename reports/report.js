"use strict";
// The filter of the rules: every word must stand in the row. Without scripts the field stays hidden and all rows are seen.
function filter(box) {
	const words = box.querySelector("input").value.toLowerCase().split(/\s+/).filter(Boolean);
	let shown = 0, all = 0;
	for (const body of document.getElementById(box.dataset.table).tBodies) {
		let here = 0;
		for (const row of body.querySelectorAll("tr.rule")) {
			const text = row.textContent.toLowerCase();
			row.hidden = !words.every(word => text.includes(word));
			here += row.hidden ? 0 : 1;
			all++;
		}
		body.hidden = here === 0;
		shown += here;
	}
	box.querySelector("output").textContent = words.length ? `${shown} of ${all} rules` : `${all} rules`;
}

for (const box of document.querySelectorAll(".filter")) {
	box.hidden = false;
	box.querySelector("input").addEventListener("input", () => filter(box));
	filter(box);
}

// A link to something folded or filtered away brings it back; print shows everything.
function unfold() {
	const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
	for (let at = target; at; at = at.parentElement) {
		at.hidden = false;
		if (at.tagName === "DETAILS") at.open = true;
	}
	if (target) target.scrollIntoView();
}
addEventListener("hashchange", unfold);
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(part => { part.open = true; }));
unfold();

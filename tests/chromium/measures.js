// What a visitor would see go wrong on a page, as sentences that name the element: an empty list is a good page.
const measures = (() => {
  const TOLERANCE = 1; // pixels are rounded
  const SMALLEST_TARGET = 24; // WCAG 2.5.8
  const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex='-1'])";

  const all = (selector) => [...document.querySelectorAll(selector)];
  const name = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 160);
  const round = (number) => Math.round(number * 10) / 10;

  // Hidden from everyone, or only from the eye: cut to nothing, or waiting above the page as a skip link does.
  const isShown = (element) => {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    for (let box = element; box; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.clipPath.startsWith("inset(50%") || style.clip.startsWith("rect(0")) return false;
    }
    const { width, height, bottom } = element.getBoundingClientRect();
    return width > 1 && height > 1 && bottom + scrollY > 0;
  };
  const scrolls = (element) => {
    for (let box = element; box && box !== document.body; box = box.parentElement)
      if (["auto", "scroll"].includes(getComputedStyle(box).overflowX)) return true;
    return false;
  };

  // WCAG 1.4.10: no sideways scrolling, and nothing that begins or ends outside the window.
  const sideways = () => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const found = scrollWidth > clientWidth ? [`the page is ${scrollWidth} px wide in a window of ${clientWidth}`] : [];
    for (const element of all("body *")) {
      const { left, right } = element.getBoundingClientRect();
      if ((right > clientWidth + TOLERANCE || left < -TOLERANCE) && isShown(element) && !scrolls(element))
        found.push(`${name(element)} reaches from ${round(left)} to ${round(right)} px in ${clientWidth}`);
    }
    return found;
  };

  // Content cut off by its own box.
  // What is searched for may be longer than its field, and is moved through with the arrows: nothing of it is lost.
  const clipped = () =>
    all("body *:not([type='search'], [type='email'])").filter((element) => {
      const { overflowX, overflowY } = getComputedStyle(element);
      const cuts = (overflow) => overflow === "hidden" || overflow === "clip";
      return isShown(element) &&
        ((cuts(overflowX) && element.scrollWidth > element.clientWidth + TOLERANCE) ||
         (cuts(overflowY) && element.scrollHeight > element.clientHeight + TOLERANCE));
    }).map((element) => `${name(element)} is cut off`);

  // Each line of each text; its letters fill the middle of the box.
  const lines = () => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode;
      if (!text.data.trim() || !isShown(text.parentElement)) continue;
      if (text.parentElement.closest("select, datalist, noscript, script, style")) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      for (const { left, right, top, bottom } of range.getClientRects()) {
        const margin = (bottom - top) / 5;
        if (right - left > TOLERANCE) found.push({ text, left, right, top: top + margin, bottom: bottom - margin });
      }
    }
    return found;
  };
  const overlapping = () => {
    const found = lines(), faults = [];
    found.forEach((one, n) => {
      for (const other of found.slice(n + 1)) {
        const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        if (one.text !== other.text && across > 2 && down > 2)
          faults.push(`“${one.text.data.trim()}” lies over “${other.text.data.trim()}”`);
      }
    });
    return faults;
  };

  // WCAG 1.4.6 for the labels of a chart, which axe leaves undecided because they lie over its lines.
  const channels = (color) => color.match(/[\d.]+/g).slice(0, 3).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = channels(color).map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const faint = () => {
    const paper = luminance(getComputedStyle(document.body).backgroundColor);
    return all("svg text").filter((element) => {
      const ink = luminance(getComputedStyle(element).fill);
      return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) < 7;
    }).map((element) => `${name(element)} is too faint`);
  };

  // WCAG 2.5.8, stricter than axe: only a link inside a sentence may be smaller, whatever space is around it.
  const isInSentence = (element) => {
    if (getComputedStyle(element).display !== "inline") return false;
    const block = element.closest("p, li, dd, td, caption");
    const others = block ? [...block.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE) : [];
    return others.some((node) => node.data.trim().length > 1);
  };
  const small = () =>
    all(TARGETS).filter((element) => {
      const { width, height } = element.getBoundingClientRect();
      const isSmall = width < SMALLEST_TARGET || height < SMALLEST_TARGET;
      return isSmall && isShown(element) && !isInSentence(element);
    }).map((element) => {
      const { width, height } = element.getBoundingClientRect();
      return `${name(element)} is ${round(width)} × ${round(height)} px`;
    });

  // WCAG 1.4.12; a constructed sheet, because the site's policy refuses inline style.
  const space = () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
      p { margin-block-end: 2em !important; }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  };

  // The keyboard: what can be reached, and how each looked before anything had the focus.
  // Of several radio buttons Tab stops at the one that is checked: arrows lead to the others.
  const isStop = (element) => element.tabIndex >= 0 && !element.disabled && !element.matches("[type=radio]:not(:checked)");
  const reachable = () => all(TARGETS).filter((element) => isStop(element) && element.checkVisibility());
  const look = (element) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(element);
    return { outline: outlineStyle === "none" || outlineWidth === "0px" ? "none" : `${outlineWidth} ${outlineColor}`, boxShadow };
  };
  const remember = () => { window.unfocused = new Map(reachable().map((element) => [element, look(element)])); };
  const stops = () => reachable().map(name);
  const stop = () => reachable().indexOf(document.activeElement);
  // Tab starts where the focus was last: at the top of the page, whatever the page gave the focus to.
  const restart = () => {
    const top = Object.assign(document.createElement("span"), { tabIndex: -1 });
    document.body.prepend(top);
    top.focus();
    top.remove();
  };

  // WCAG 2.4.7, 2.4.11 and 2.4.12: the focused element is whole in the window, nothing lies over it, and it shows.
  const focus = () => {
    const element = document.activeElement;
    if (element === document.body) return [];
    const faults = [], box = element.getBoundingClientRect();
    const isInside = box.top >= -TOLERANCE && box.bottom <= innerHeight + TOLERANCE;
    if (!isInside && box.height < innerHeight) faults.push(`${name(element)} has the focus outside the window`);
    for (const { left, top, width, height } of element.getClientRects()) {
      const [x, y] = [left + width / 2, top + height / 2];
      const found = y >= 0 && y < innerHeight ? document.elementFromPoint(x, y) : element;
      if (!found || !(element.contains(found) || found.contains(element)))
        faults.push(`${name(element)} has the focus under ${found ? name(found) : "the edge of the window"}`);
    }
    const before = window.unfocused.get(element), now = look(element);
    const isNew = (kind) => now[kind] !== "none" && now[kind] !== before[kind];
    // The button of a date field is Chromium's own, with a ring of its own; the field then has no focus itself.
    if (!element.matches(":focus")) return faults;
    if (!before) faults.push(`${name(element)} was not there at first`);
    else if (!isNew("outline") && !isNew("boxShadow")) faults.push(`${name(element)} does not show that it has the focus`);
    return faults;
  };

  return { sideways, clipped, overlapping, faint, small, space, remember, stops, stop, restart, focus };
})();

// Runs in every new document, in a world of its own that the page cannot see, before the page's scripts.
(() => {
  if (window.top !== window) return;
  const KEPT = 2000;
  const seen = { paints: [], lcp: [], shifts: [], tasks: [], events: [] };
  let dropped = 0;
  const keep = (list, item) => (list.length < KEPT ? list.push(item) : dropped++);
  const name = (element) => {
    if (!element) return null;
    const id = element.id ? "#" + element.id : "";
    return (element.localName + id).slice(0, 200);
  };
  const observe = (type, take, more) => {
    try {
      const observer = new PerformanceObserver((list) => list.getEntries().forEach(take));
      observer.observe({ type, buffered: true, ...more });
      return () => observer.takeRecords().forEach(take);
    } catch (error) {
      return () => {};
    }
  };
  const event = (e) => {
    if (e.interactionId) keep(seen.events, { id: e.interactionId, start: e.startTime, duration: e.duration, name: e.name });
  };
  const flushes = [
    observe("paint", (e) => keep(seen.paints, { name: e.name, start: e.startTime })),
    observe("largest-contentful-paint", (e) =>
      keep(seen.lcp, { start: e.startTime, size: e.size, element: name(e.element), url: (e.url || "").slice(0, 500) })),
    observe("layout-shift", (e) =>
      keep(seen.shifts, { start: e.startTime, value: e.value, input: e.hadRecentInput })),
    observe("longtask", (e) => keep(seen.tasks, { start: e.startTime, duration: e.duration })),
    observe("event", event, { durationThreshold: 16 }),
    observe("first-input", event),
  ];
  globalThis.sbhCollector = {
    // The end of the last long task, and the time now, both in milliseconds since navigation.
    pulse() {
      flushes.forEach((flush) => flush());
      const ends = seen.tasks.map((task) => task.start + task.duration);
      return { now: performance.now(), busy: Math.max(0, ...ends) };
    },
    read() {
      flushes.forEach((flush) => flush());
      const nav = performance.getEntriesByType("navigation")[0];
      return {
        ...seen,
        dropped,
        origin: performance.timeOrigin,
        supported: PerformanceObserver.supportedEntryTypes,
        frames: document.querySelectorAll("iframe, frame").length,
        navigation: nav && {
          responseStart: nav.responseStart,
          domContentLoaded: nav.domContentLoadedEventEnd,
          load: nav.loadEventEnd,
        },
      };
    },
    // The middle of the element in CSS pixels of the viewport, or null.
    middle(selector) {
      const element = document.querySelector(selector);
      if (!element) return null;
      element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      const box = element.getBoundingClientRect();
      return box.width && box.height ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : null;
    },
    // Resolves after the next two frames, when what the last input changed has been shown.
    shown() {
      return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0))));
    },
  };
})();

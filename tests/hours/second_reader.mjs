// What ical.js, the reader of Thunderbird, finds in a calendar or in a card: JSON on the standard output.
// Arguments: the module, the file; for a calendar every time of it until the year after its first event's, in UTC.
import { readFileSync } from "node:fs";

const [module, file] = process.argv.slice(2);
const { default: ICAL } = await import(module);
const whole = new ICAL.Component(ICAL.parse(readFileSync(file, "utf-8")));

const card = () => whole.getAllProperties().map((property) => [property.name, property.getValues().join("|"), property.type]);

function calendar() {
  for (const zone of whole.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const found = [];
  for (const component of whole.getAllSubcomponents("vevent")) {
    const event = new ICAL.Event(component);
    const told = { uid: event.uid, summary: event.summary, sequence: event.sequence, status: component.getFirstPropertyValue("status"), day: null, times: [] };
    if (event.startDate.isDate) told.day = event.startDate.toString();
    else if (!event.isRecurring()) told.times.push([event.startDate, event.endDate]);
    else for (let each = event.iterator(), at; (at = each.next()); ) {
      const { startDate, endDate } = event.getOccurrenceDetails(at);
      told.times.push([startDate, endDate]);
    }
    told.times = told.times.map((pair) => pair.map((time) => time.toJSDate().toISOString()));
    found.push(told);
  }
  return { name: whole.getFirstPropertyValue("name"), zones: [...whole.getAllSubcomponents("vtimezone")].length, events: found };
}

console.log(JSON.stringify(whole.name === "vcalendar" ? calendar() : card()));

/** Fills a back office's data with people, in a process of its own for its memory. */
import { openOfficeData } from '../../../sim/backoffice/office-data.ts';
import { fillCity } from './city.ts';

const [directory = '', people = '', toOpen = ''] = process.argv.slice(2);

const data = openOfficeData(directory);
await data.close();
fillCity(directory, { people: Number(people), toOpen: Number(toOpen) });

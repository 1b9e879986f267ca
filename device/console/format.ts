/** Text for the console: durations, instants, columns. */
import stringWidth from 'fast-string-width';
import { beijingTime } from '../core/beijing-time.ts';
import type { Language } from './language.ts';

const units: Readonly<Record<Language, { s: string; min: string; h: string; days: string }>> = {
  en: { s: 's', min: 'min', h: 'h', days: 'days' },
  zh: { s: '秒', min: '分钟', h: '小时', days: '天' },
};

export function duration(ms: number, language: Language = 'en'): string {
  const unit = units[language];
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} ${unit.s}`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} ${unit.min}`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.round(hours / 24)} ${unit.days}`;
  return minutes % 60 === 0 ? `${hours} ${unit.h}` : `${hours} ${unit.h} ${minutes % 60} ${unit.min}`;
}

/** Instants of the texts that other parts have written, as crew and technician count them. */
export function inBeijingTime(text: string): string {
  return text.replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z/g, instant =>
    beijingTime(Date.parse(instant)),
  );
}

/** Rows with their columns aligned, two spaces between; a Chinese character is two columns wide. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widthOf = (column: number) => Math.max(...rows.map(row => stringWidth(row[column] ?? '')));
  const widths = (rows[0] ?? []).map((_, column) => widthOf(column));
  return rows
    .map(row =>
      row
        .map((cell, i) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - stringWidth(cell))))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** @param fen whole fen. @returns `2.00 yuan` */
export function yuan(fen: number, language: Language): string {
  return `${(fen / 100).toFixed(2)} ${language === 'zh' ? '元' : 'yuan'}`;
}

// A month as the system keeps it (202610) as people write it; a year stays a year.
export const dashed = (m: string): string => (m.length === 6 ? `${m.slice(0, 4)}-${m.slice(4)}` : m)

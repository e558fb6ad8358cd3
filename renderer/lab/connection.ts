/**
 * 'open': events come; 'lost': they do not, the client tries again by itself; 'resync': they come again, but some were missed,
 * so whoever shows a state reads it anew.
 */
export type ConnectionChange = 'open' | 'lost' | 'resync';
export type ConnectionListener = (change: ConnectionChange) => void;

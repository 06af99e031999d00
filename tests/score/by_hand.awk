# The same scores computed apart, in floating point and with natural logarithms: id, score, and z of each column.
# -v size=N (column, 0 none); columns from 3 on are figures; columns 1 and 2 are id and peer (ignored).
function median(v, n,   i, k, t) {
    for (i = 2; i <= n; i++) { t = v[i]; for (k = i - 1; k >= 1 && v[k] > t; k--) v[k + 1] = v[k]; v[k + 1] = t }
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
BEGIN { FS = "\t" }
/^#/ { for (i = 1; i <= NF; i++) name[i] = $i; next }
{ n++; id[n] = $1; for (i = 3; i <= NF; i++) x[n, i] = $i; m = NF }
END {
    for (j = 3; j <= m; j++) {
        if (j == size) continue
        least = 0; zero = neg = k = 0
        for (i = 1; i <= n; i++) {
            if (x[i, j] == "") continue
            v = x[i, j] + 0
            if (v < 0) neg = 1
            if (v == 0) zero = 1
            if (v > 0 && (!least || v < least)) least = v
            k++; row[k] = i
        }
        shift = zero ? (least ? least / 2 : 1) : 0
        for (i = 1; i <= k; i++) {
            y[i] = neg ? x[row[i], j] + 0 : log(x[row[i], j] + shift)
            s[i] = size ? log(x[row[i], size]) : 0
        }
        for (a = 2; a <= k; a++) { # by size, then by row: an insertion sort keeps the order of rows
            ts = s[a]; ty = y[a]; tr = row[a]
            for (b = a - 1; b >= 1 && s[b] > ts; b--) { s[b + 1] = s[b]; y[b + 1] = y[b]; row[b + 1] = row[b] }
            s[b + 1] = ts; y[b + 1] = ty; row[b + 1] = tr
        }
        if (size && !neg) {
            half = int((k + 1) / 2); q = 0
            for (i = 1; i + half <= k; i++) if (s[i + half] > s[i]) slopes[++q] = (y[i + half] - y[i]) / (s[i + half] - s[i])
            b1 = q ? median(slopes, q) : 0
            for (i = 1; i <= k; i++) y[i] -= b1 * s[i]
        }
        w = k
        if (size && k >= 40) { w = int(k / 5); if (w < 21) w = 21; if (w > 101) w = 101 }
        for (i = 1; i <= k; i++) {
            first = i - int(w / 2); if (first < 1) first = 1; if (first > k - w + 1) first = k - w + 1
            for (a = 0; a < w; a++) v2[a + 1] = y[first + a]
            c = median(v2, w); sum = 0
            for (a = 0; a < w; a++) { d = y[first + a] - c; v2[a + 1] = d < 0 ? -d : d; sum += v2[a + 1] }
            mad = median(v2, w)
            scale = mad > 1e-12 ? 1.482602218505602 * mad : 1.2533141373155 * sum / w
            z = scale > 0 ? (y[i] - c) / scale : 0
            if (z > 50) z = 50; if (z < -50) z = -50
            zz[row[i], j] = z
        }
    }
    for (i = 1; i <= n; i++) {
        t = 0
        for (j = 3; j <= m; j++) t += zz[i, j] ^ 2
        printf "%s %.6f", id[i], sqrt(t)
        for (j = 3; j <= m; j++) if (j != size) printf " %s=%.6f", name[j], zz[i, j]
        print ""
    }
}

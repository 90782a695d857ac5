// Words that only a script says, in the two languages of the pages.
const WORDS = {
  "zh-CN": {
    back: "返回",
    confirm: "确认",
    typeName: (name) => `输入“${name}”以确认`,
    daysLeft: (d, h) => (h ? `还剩 ${d} 天 ${h} 小时` : `还剩 ${d} 天`),
    hoursLeft: (h, m) => (m ? `还剩 ${h} 小时 ${m} 分钟` : `还剩 ${h} 小时`),
    bare: (left) => left.replace("还剩 ", ""),
    closed: "已截止",
    count: (n, max) => `${n} / ${max} 字`,
    over: (n) => `超出 ${n} 字`,
    tooBig: (size, max) => `${size}，超过上限 ${max}。请另选文件，其他内容不受影响。`,
    sending: (sent, all) => `正在上传 ${sent} / ${all}`,
    checking: "已上传，正在核对",
    lost: "网络中断。填写的内容和所选文件仍在此页，恢复后再次提交即可。",
    rowGone: "已删除一行",
    stepTaken: "已保存",
  },
  en: {
    back: "Go back",
    confirm: "Confirm",
    typeName: (name) => `Type “${name}” to confirm`,
    daysLeft: (d, h) => `${d} ${d === 1 ? "day" : "days"}${h ? ` ${h} h` : ""} left`,
    hoursLeft: (h, m) => `${h} h${m ? ` ${m} min` : ""} left`,
    bare: (left) => left.replace(" left", ""),
    closed: "Closed",
    count: (n, max) => `${n} of ${max} characters`,
    over: (n) => `${n} characters too many`,
    tooBig: (size, max) => `${size} is above the limit of ${max}. Choose another file; all else is kept.`,
    sending: (sent, all) => `Sending ${sent} of ${all}`,
    checking: "Sent, being checked",
    lost: "Connection lost. Your text and files are still on this page; submit again when the line is back.",
    rowGone: "Row removed",
    stepTaken: "Kept",
  },
};

export const words = WORDS[document.documentElement.lang] ?? WORDS.en;

/** Bytes as people read them, the way the server writes them. */
export function bytes(n) {
  for (const unit of ["B", "kB", "MB"]) {
    if (n < 1000) return `${unit === "B" ? n : n.toFixed(1)} ${unit}`;
    n /= 1000;
  }
  return `${n.toFixed(1)} GB`;
}

/** An icon of the sprite; its address is taken from an icon that the server drew. */
export function icon(name) {
  const drawn = document.querySelector("svg.i use")?.getAttribute("href") ?? "/static/icons.svg#";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", drawn.replace(/#.*/, "#" + name));
  svg.append(use);
  return svg;
}

"""What the operating system says of a file, in Chinese: it tells in English whatever the locale."""

from __future__ import annotations

import errno
import os

_REASONS = {
    errno.ENOENT: "没有这个文件或目录",
    errno.ENOTDIR: "不是目录",
    errno.EISDIR: "是目录",
    errno.EACCES: "没有权限",
    errno.EPERM: "不允许此操作",
    errno.EEXIST: "文件已存在",
    errno.ENAMETOOLONG: "文件名太长",
    errno.ELOOP: "符号链接层数过多",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "超出磁盘配额",
    errno.EROFS: "文件系统只读",
    errno.EINVAL: "参数无效",
    errno.EIO: "输入输出错误",
    errno.ENXIO: "没有这个设备或地址",
    errno.EBADF: "文件描述符无效",
    errno.EMFILE: "打开的文件过多",
    errno.ENOMEM: "内存不足",
}
SYSTEM: dict[str, str] = {
    f"term:{said}": reason
    for number, reason in _REASONS.items()
    for said in (os.strerror(number), os.strerror(number).lower())
}

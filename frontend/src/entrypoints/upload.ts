import "../styles/upload.css";
import { required } from "../ui/dom";
import { openUpload } from "../ui/upload/page";

openUpload(required<HTMLElement>("main.upload"));
